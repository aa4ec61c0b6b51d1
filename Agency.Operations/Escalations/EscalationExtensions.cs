using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Escalations;

internal static class EscalationExtensions
{
    /// <summary>Escalations: open, look, acknowledge, resolve.</summary>
    public static IMcpServerBuilder AddEscalations(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddScoped<EscalationDesk>();
        mcp.Services.AddScoped<EscalationReader>();
        return mcp.WithAgencyTools<EscalationTools>();
    }
}
