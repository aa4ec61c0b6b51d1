using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Runs;

internal static class RunExtensions
{
    /// <summary>Runs: ask for one, look at them.</summary>
    public static IMcpServerBuilder AddRuns(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddScoped<RunRequests>();
        mcp.Services.AddScoped<RunReader>();
        return mcp.WithAgencyTools<RunTools>();
    }
}
