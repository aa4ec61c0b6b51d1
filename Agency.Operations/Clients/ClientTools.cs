using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Clients;

[McpServerToolType]
[OperatorOnly]
internal sealed class ClientTools(ClientExporter exporter, ClientEraser eraser)
{
    [McpServerTool(Name = "export_client", Title = "Export a client", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("""
        Gives a link to a zip of everything there is of one client: a JSON file for each table (profile, documents, memories, procedures, workflows, runs with steps and events, reports,
        escalations, notifications, metrics, alerts, its audit log), documents and reports as files, and manifest.json with each file's count and SHA-256. The link needs no token and ends after an
        hour: give it to nobody who may not have all of it. The zip is made when it is fetched, as things are then; that and each download is in the audit log.
        """)]
    public Task<ClientExport> ExportClient(
        [Description("The client company's id.")][StringLength(64, MinimumLength = 1)] string client,
        CancellationToken cancellationToken = default) =>
        exporter.ExportAsync(client, cancellationToken).OrThrow();

    [McpServerTool(Name = "erase_client", Title = "Erase a client", ReadOnly = false, Destructive = true, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("""
        Erases one client and everything there is of it, for good: all rows of all tables, its files and notifications, its audit log; its tokens are revoked. Call export_client first if anything
        may be needed. It freezes the client, waits up to half a minute for what executes to end, and then erases all or nothing; on a conflict call again. The answer counts each table's rows
        before and after. One entry stays in the agency's own audit log, with these counts and the end of the client's chain. To only end the work use archive_company on the context server.
        """)]
    public Task<ErasedClient> EraseClient(
        [Description("The client company's id.")][StringLength(64, MinimumLength = 1)] string client,
        [Description("The same id once more. Ask a person before you give it.")][StringLength(64, MinimumLength = 1)] string confirm,
        CancellationToken cancellationToken = default) =>
        eraser.EraseAsync(client, confirm, cancellationToken).OrThrow();
}
