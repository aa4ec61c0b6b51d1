using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Registry;

internal static class RegistryExtensions
{
    /// <summary>Workflows: register, look, change, preview.</summary>
    public static IMcpServerBuilder AddRegistry(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddSingleton<SopCatalogue>();
        mcp.Services.AddScoped<WorkflowLocator>();
        mcp.Services.AddScoped<WorkflowRegistration>();
        mcp.Services.AddScoped<WorkflowChanges>();
        mcp.Services.AddScoped<WorkflowReader>();
        mcp.Services.AddScoped<SchedulePreview>();
        return mcp.WithAgencyTools<RegistryTools>().WithAgencyTools<RegistryReadTools>();
    }
}
