using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Runs;

internal static class RunExtensions
{
    /// <summary>Runs: ask for one or for missing ones, cancel one, look at them.</summary>
    public static IMcpServerBuilder AddRuns(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddScoped<RunRequests>();
        mcp.Services.AddScoped<RunReader>();
        mcp.Services.AddScoped<RunCancellation>();
        mcp.Services.AddScoped<Backfill>();
        return mcp.WithAgencyTools<RunTools>();
    }
}
