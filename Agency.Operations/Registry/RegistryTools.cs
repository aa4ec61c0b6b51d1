using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Agency.Data.Workflows;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Registry;

[McpServerToolType]
internal sealed class RegistryTools(WorkflowRegistration registration, WorkflowChanges changes)
{
    private const string ScheduleText =
        "Cron expression: five fields (minute hour day-of-month month day-of-week), six with seconds first, a macro such as @daily, or @every with a duration such as @every 90m. Day of month and day of week, both given, mean either.";

    private const string InputsText = "Values for the procedure's inputs, by name.";
    private const string AttemptsText = "How often one occurrence is tried before it has failed; default 3.";
    private const string RetryText = "Seconds before the second attempt; each further delay is retry.factor times the one before, up to retry.max_seconds. Default 30.";
    private const string SchedulingText = "When occurrences are due beside the schedule, and what happens when they were missed or overlap.";
    private const string RetryPolicyText = "What is done after a failed attempt, beside max_attempts and retry_initial_seconds.";
    private const string TimeoutText = "Seconds after which an attempt is ended; default 600.";
    private const string SlaText = "Minutes from the scheduled time within which an occurrence must have succeeded; default the client's terms.";

    [McpServerTool(Name = "register_workflow", Title = "Register a workflow", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Registers recurring work for a client: it is active at once and fires by its schedule. Without schedule and next_run it runs only by run_workflow_now. Check the schedule with preview_schedule first. warnings says what would keep its runs from succeeding, such as an unknown procedure or a missing input.")]
    public Task<WorkflowResult> RegisterWorkflow(
        [Description("Name of the standard operating procedure that each occurrence executes, such as client_onboarding. sop_list on the context server names them.")] string type,
        [Description(ArgumentTexts.Client)] string? client = null,
        [Description(ScheduleText)][StringLength(WorkflowRules.MaxScheduleLength)] string? schedule = null,
        [Description("Id of the workflow, unique within the client: letters, digits, '_' and '-'. Default {type}-{client}, with a number where that is taken. The id of a deleted workflow may be used again.")] string? id = null,
        [Description("IANA time zone of the schedule such as Europe/Berlin; default the client's.")] string? timeZone = null,
        [Description("First occurrence, such as 2026-11-23T09:00:00Z; later ones follow the schedule. Default the schedule's next. One in the past is made at once.")] string? nextRun = null,
        [Description(InputsText)] JsonObject? inputs = null,
        [Description(AttemptsText)][Range(1, WorkflowRules.MaxAttempts)] int? maxAttempts = null,
        [Description(RetryText)][Range(1, WorkflowRules.MaxRetrySeconds)] int? retryInitialSeconds = null,
        [Description(TimeoutText)][Range(1, WorkflowRules.MaxTimeoutSeconds)] int? timeoutSeconds = null,
        [Description(SlaText)][Range(1, WorkflowRules.MaxSlaMinutes)] int? slaMinutes = null,
        [Description(SchedulingText)] SchedulingRequest? scheduling = null,
        [Description(RetryPolicyText)] RetryRequest? retry = null,
        CancellationToken cancellationToken = default) =>
        registration.RegisterAsync(client, id, new WorkflowRequest
        {
            Type = type,
            Schedule = schedule,
            TimeZone = timeZone,
            NextRun = nextRun,
            Inputs = inputs,
            MaxAttempts = maxAttempts,
            RetryInitialSeconds = retryInitialSeconds,
            TimeoutSeconds = timeoutSeconds,
            SlaMinutes = slaMinutes,
            Scheduling = scheduling,
            Retry = retry,
        }, cancellationToken).OrThrow();

    [McpServerTool(Name = "update_workflow", Title = "Change a workflow", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Changes what is given and leaves the rest, within scheduling and retry too. A new schedule, time zone, window, clock rule or use of the calendar counts from now on. To pause, resume or complete use update_workflow_status.")]
    public Task<WorkflowResult> UpdateWorkflow(
        [Description(ArgumentTexts.WorkflowIdText)] string id,
        [Description(ArgumentTexts.ClientOfId)] string? client = null,
        [Description("Name of another procedure.")] string? type = null,
        [Description(ScheduleText + " Empty text removes it.")][StringLength(WorkflowRules.MaxScheduleLength)] string? schedule = null,
        [Description("IANA time zone of the schedule; empty text takes the client's.")] string? timeZone = null,
        [Description("Next occurrence, such as 2026-11-23T09:00:00Z; later ones follow the schedule.")] string? nextRun = null,
        [Description(InputsText + " They replace all that were set.")] JsonObject? inputs = null,
        [Description(AttemptsText)][Range(1, WorkflowRules.MaxAttempts)] int? maxAttempts = null,
        [Description(RetryText)][Range(1, WorkflowRules.MaxRetrySeconds)] int? retryInitialSeconds = null,
        [Description(TimeoutText)][Range(1, WorkflowRules.MaxTimeoutSeconds)] int? timeoutSeconds = null,
        [Description(SlaText)][Range(1, WorkflowRules.MaxSlaMinutes)] int? slaMinutes = null,
        [Description(SchedulingText)] SchedulingRequest? scheduling = null,
        [Description(RetryPolicyText)] RetryRequest? retry = null,
        CancellationToken cancellationToken = default) =>
        changes.UpdateAsync(client, id, new WorkflowRequest
        {
            Type = type,
            Schedule = schedule,
            TimeZone = timeZone,
            NextRun = nextRun,
            Inputs = inputs,
            MaxAttempts = maxAttempts,
            RetryInitialSeconds = retryInitialSeconds,
            TimeoutSeconds = timeoutSeconds,
            SlaMinutes = slaMinutes,
            Scheduling = scheduling,
            Retry = retry,
        }, cancellationToken).OrThrow();

    [McpServerTool(Name = "update_workflow_status", Title = "Pause, resume, escalate or complete a workflow", ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Changes a workflow's status. paused stops it from firing. active resumes it: it goes on with the next occurrence from now, and what came due meanwhile is recorded as skipped, not made up for; resuming an escalated workflow also sets its failure count to 0 and resolves the escalation that its failures opened. completed ends it. escalated only marks it: to call a person use escalate_issue.")]
    public Task<WorkflowResult> UpdateWorkflowStatus(
        [Description(ArgumentTexts.WorkflowIdText)] string id,
        [Description("The new status. Asking for the one it has is no error.")] WorkflowStatus status,
        [Description("Why; shown with the workflow.")][StringLength(1000)] string? message = null,
        [Description(ArgumentTexts.ClientOfId)] string? client = null,
        CancellationToken cancellationToken = default) =>
        changes.ChangeStatusAsync(client, id, status, message, cancellationToken).OrThrow();

    [McpServerTool(Name = "delete_workflow", Title = "Delete a workflow", ReadOnly = false, Destructive = true, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Deletes a workflow: it fires no more and is listed no more. Its runs stay and can be read. To stop it for a while use update_workflow_status with paused.")]
    public Task<DeletedWorkflow> DeleteWorkflow(
        [Description(ArgumentTexts.WorkflowIdText)] string id,
        [Description(ArgumentTexts.ClientOfId)] string? client = null,
        CancellationToken cancellationToken = default) =>
        changes.DeleteAsync(client, id, cancellationToken).OrThrow();
}
