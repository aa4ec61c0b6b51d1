using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Connectors;

internal static class ConnectorExtensions
{
    /// <summary>Clients' connectors: set, delete, list.</summary>
    public static IMcpServerBuilder AddConnectors(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddScoped<ConnectorDesk>();
        mcp.Services.AddScoped<ConnectorReader>();
        return mcp.WithAgencyTools<ConnectorTools>();
    }
}
