using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Scheduling;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Findings;

[McpServerToolType]
internal sealed class FindingTools(FindingReader reader)
{
    [OperatorOnly]
    [McpServerTool(Name = "list_findings", Title = "List the watchdog's findings", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists what the scheduler's watchdog sees going wrong without failing, newest first: stuck_run (executes far longer than it may), overdue_workflow (due and planned by nobody), company_at_cap (a client's runs wait because all it may have at once execute), queue_grows (too few workers). Each says what to do, and closes by itself when it is no longer so. subject is the run's or workflow's id.")]
    public Task<Page<FindingView>> ListFindings(
        [Description("Only findings that concern this client, those that concern all among them.")] string? client = null,
        [Description("Only findings of this kind.")] FindingKind? kind = null,
        [Description("Also those that are no longer so.")] bool includeClosed = false,
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        reader.ListAsync(client, kind, includeClosed, cursor, limit, cancellationToken).OrThrow();
}
