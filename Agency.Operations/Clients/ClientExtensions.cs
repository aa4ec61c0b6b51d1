using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Clients;

internal static class ClientExtensions
{
    /// <summary>All of a client: hand it out, erase it.</summary>
    public static IMcpServerBuilder AddClients(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddSingleton<ExportLinks>();
        mcp.Services.AddSingleton<ClientArchive>();
        mcp.Services.AddSingleton<ExportPlaces>();
        mcp.Services.AddScoped<ClientExporter>();
        mcp.Services.AddScoped<ClientEraser>();
        return mcp.WithAgencyTools<ClientTools>();
    }

    /// <summary><c>GET /exports/{company}/{export}.zip</c> for a signed link. Anonymous for the pipeline's sake: the signature decides.</summary>
    public static WebApplication MapClients(this WebApplication app)
    {
        app.MapGet("/exports/{company}/{file}", ClientExporter.DownloadAsync).AllowAnonymous();
        return app;
    }
}
