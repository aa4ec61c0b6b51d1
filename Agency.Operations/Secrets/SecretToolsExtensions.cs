using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Secrets;

internal static class SecretToolsExtensions
{
    /// <summary>Clients' secrets: set, delete, list.</summary>
    public static IMcpServerBuilder AddSecrets(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddScoped<SecretDesk>();
        mcp.Services.AddScoped<SecretReader>();
        return mcp.WithAgencyTools<SecretTools>();
    }
}
