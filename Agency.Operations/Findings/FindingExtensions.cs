using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Findings;

internal static class FindingExtensions
{
    /// <summary>What the scheduler's watchdog found.</summary>
    public static IMcpServerBuilder AddFindings(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddScoped<FindingReader>();
        return mcp.WithAgencyTools<FindingTools>();
    }
}
