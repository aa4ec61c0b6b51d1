using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Holds;

internal static class HoldExtensions
{
    /// <summary>Holds: stop work, let it go on, maintenance windows.</summary>
    public static IMcpServerBuilder AddHolds(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddScoped<HoldDesk>();
        mcp.Services.AddScoped<HoldReader>();
        return mcp.WithAgencyTools<HoldTools>();
    }
}
