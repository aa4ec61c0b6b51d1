using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Agency.Data.Runs;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Runs;

[McpServerToolType]
internal sealed class RunTools(RunRequests requests, RunReader reader)
{
    [McpServerTool(Name = "run_workflow_now", Title = "Run a workflow now", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Queues one run beside the workflow's schedule and answers at once; follow it with get_run. Works for active, paused and escalated workflows (to try a repair before resuming), not for completed or deleted ones. With an idempotency_key a repeated call gives the same run.")]
    public Task<RequestedRun> RunWorkflowNow(
        [Description("The workflow's id.")] string id,
        [Description(ArgumentTexts.ClientOfId)] string? client = null,
        [Description("Values for the procedure's inputs in place of the workflow's.")] JsonObject? inputs = null,
        [Description("Any text that is new for each run that is wanted.")][StringLength(200)] string? idempotencyKey = null,
        CancellationToken cancellationToken = default) =>
        requests.RunNowAsync(client, id, inputs, idempotencyKey, cancellationToken).OrThrow();

    [McpServerTool(Name = "list_runs", Title = "List runs", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists runs, newest first. A run of status queued with attempt above 0 waits for its next attempt, at available_at. A skipped run says why in skip_reason and may stand for several occurrences.")]
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
