using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Agency.Data.Runs;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Runs;

[McpServerToolType]
internal sealed class RunTools(RunRequests requests, Backfill backfill, RunCancellation cancellation, RunReader reader)
{
    [McpServerTool(Name = "run_workflow_now", Title = "Run a workflow now", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Queues one run beside the workflow's schedule and answers at once; follow it with get_run. Works for active, paused and escalated workflows (to try a repair before resuming), not for completed or deleted ones. With an idempotency_key a repeated call gives the same run. hold, where it is not null, says that the client's work is held: the run waits until that ends.")]
    public Task<RequestedRun> RunWorkflowNow(
        [Description("The workflow's id.")] string id,
        [Description(ArgumentTexts.ClientOfId)] string? client = null,
        [Description("Values for the procedure's inputs in place of the workflow's.")] JsonObject? inputs = null,
        [Description("Any text that is new for each run that is wanted.")][StringLength(200)] string? idempotencyKey = null,
        CancellationToken cancellationToken = default) =>
        requests.RunNowAsync(client, id, inputs, idempotencyKey, cancellationToken).OrThrow();

    [McpServerTool(Name = "backfill_workflow", Title = "Backfill a workflow", ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Queues a run for each past occurrence in [from, to) of the workflow's present schedule (with its window and excluded dates) that has no run open or succeeded, oldest first, at most limit. Repeating it adds nothing. Where continue_from is not null call it again with that as from. The runs have trigger backfill and do not count as scheduled ones in the key figures; while they are open the workflow's overlap rule holds for new occurrences.")]
    public Task<BackfilledWorkflow> BackfillWorkflow(
        [Description(ArgumentTexts.WorkflowIdText)] string id,
        [Description("Occurrences at this instant or later, such as 2026-11-01T00:00:00Z.")] string from,
        [Description("Occurrences before this instant; not in the future, and at most 366 days after from.")] string to,
        [Description(ArgumentTexts.ClientOfId)] string? client = null,
        [Description("How many runs at most.")][Range(1, Backfill.MaxLimit)] int limit = Backfill.DefaultLimit,
        CancellationToken cancellationToken = default) =>
        backfill.RunAsync(client, id, from, to, limit, cancellationToken).OrThrow();

    [McpServerTool(Name = "cancel_run", Title = "Cancel a run", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Asks that a run which is queued, running or waiting end: its processes are stopped, it becomes cancelled and is not tried again. Answers at once; follow it with get_run. Asking twice is no error; a run that has ended otherwise cannot be cancelled. What its steps did already stays done.")]
    public Task<CancelledRun> CancelRun(
        [Description("The run's id, a UUID.")] string runId,
        [Description("Why; shown with the run.")][StringLength(800, MinimumLength = 1)] string reason,
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        CancellationToken cancellationToken = default) =>
        cancellation.CancelAsync(client, runId, reason, cancellationToken).OrThrow();

    [McpServerTool(Name = "list_runs", Title = "List runs", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists runs, newest first. A run of status queued with attempt above 0 waits for its next attempt, at available_at. A skipped run says why in skip_reason (missed: nothing planned; overlap: an earlier run was open; paused: the workflow stood; held: the client's or all work was held) and may stand for several occurrences. cancel_requested_at: someone asked that it end.")]
    public Task<Page<RunView>> ListRuns(
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        [Description("Only runs of this workflow.")] string? workflowId = null,
        [Description("Only runs of this status.")] RunStatus? status = null,
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        reader.ListAsync(client, workflowId, status, cursor, limit, cancellationToken).OrThrow();

    [McpServerTool(Name = "get_run", Title = "Get a run", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Shows one run with the steps of all its attempts and what happened to it, in order. Why it failed stands in error_message and in the failed step's error.")]
    public Task<RunDetails> GetRun(
        [Description("The run's id, a UUID.")] string runId,
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        CancellationToken cancellationToken = default) =>
        reader.GetAsync(client, runId, cancellationToken).OrThrow();
}
