using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Import;

internal static class ImportExtensions
{
    /// <summary>Workflow files: import, export, and the one given at start.</summary>
    public static IMcpServerBuilder AddImport(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddSingleton<WorkflowImporter>();
        mcp.Services.AddScoped<WorkflowTransfer>();
        mcp.Services.AddScoped<WorkflowExporter>();
        mcp.Services.AddSingleton<StartupImport>();
        mcp.Services.AddHostedService(services => services.GetRequiredService<StartupImport>());
        return mcp.WithAgencyTools<ImportTools>();
    }
}
