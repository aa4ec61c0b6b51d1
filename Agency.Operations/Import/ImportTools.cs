using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Import;

/// <summary>The modes that a caller may choose.</summary>
internal enum ImportChoice
{
    Add,
    Update,
}

[McpServerToolType]
internal sealed class ImportTools(WorkflowTransfer transfer, WorkflowExporter exporter, StartupImport startup)
{
    [McpServerTool(Name = "import_workflows", Title = "Import workflows", ReadOnly = false, Destructive = true, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("""
        Imports an agency_workflows.json: an array of definitions, or one. Whole or not at all: everything wrong is reported by entry and field. Each has id, client and
        type, and optionally status (active, paused, escalated, completed), schedule, next_run, last_run, failure_count, history [{timestamp, type, message}], status_message,
        time_zone, inputs, timeout_seconds, sla_minutes, the members of register_workflow's scheduling by their names (start_at, end_at, jitter_seconds, dst_gap, dst_overlap,
        observe_calendar, catch_up, catch_up_window_minutes, overlap, max_concurrent_runs, priority), max_attempts, retry_initial_seconds, retry_factor, retry_max_seconds,
        retry_jitter, retry_deadline_seconds, non_retryable. Ids are kept. A client that is not known is created with an empty profile and named in
        created_clients. A next_run in the past yields one occurrence, scheduled for that time; the next ones follow the schedule. Without next_run the schedule counts from now; null, as export_workflows writes it for a schedule that is over, is no error where none is to come.
        """)]
    public Task<ImportOutcome> ImportWorkflows(
        [Description("The file's text: JSON.")][StringLength(WorkflowFileReader.MaxBytes, MinimumLength = 2)] string content,
        [Description("add: an id that there is is an error. update: it is changed to what the file says (fields that the file leaves out stay). Both bring deleted ids back as new workflows.")] ImportChoice mode = ImportChoice.Add,
        CancellationToken cancellationToken = default) =>
        transfer.ImportAsync(content, mode is ImportChoice.Update ? ImportMode.Update : ImportMode.Add, cancellationToken).OrThrow();

    [McpServerTool(Name = "export_workflows", Title = "Export workflows", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Gives the workflows as the text of an agency_workflows.json that import_workflows takes, each with the latest hundred lines of its history.")]
    public Task<ExportedWorkflows> ExportWorkflows(
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        CancellationToken cancellationToken = default) =>
        exporter.ExportAsync(client, cancellationToken).OrThrow();

    [OperatorOnly]
    [McpServerTool(Name = "get_startup_import", Title = "Get the start-up import", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Tells what became of the workflows file that this server was started with (AGENCY_WORKFLOWS_FILE): status none, pending, imported or failed, and why.")]
    public StartupImportState GetStartupImport() => startup.State;
}
