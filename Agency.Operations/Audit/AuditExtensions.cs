using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Audit;

internal static class AuditExtensions
{
    /// <summary>The audit log: show it and prove it unbroken. It is written where calls come in, on every server.</summary>
    public static IMcpServerBuilder AddAudit(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddScoped<AuditReader>();
        mcp.Services.AddScoped<AuditVerifier>();
        return mcp.WithAgencyTools<AuditTools>();
    }
}
