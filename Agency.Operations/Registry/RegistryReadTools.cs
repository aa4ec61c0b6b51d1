using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Workflows;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Registry;

[McpServerToolType]
internal sealed class RegistryReadTools(WorkflowReader reader, SchedulePreview preview)
{
    [McpServerTool(Name = "get_workflow", Title = "Get a workflow", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Shows one workflow with its next five occurrences and the latest twenty lines of its history, newest first. hold, where it is not null, says that the client's work is held: nothing is planned or started meanwhile. Its runs are in list_runs.")]
    public Task<WorkflowDetails> GetWorkflow(
        [Description(ArgumentTexts.WorkflowIdText)] string id,
        [Description(ArgumentTexts.ClientOfId)] string? client = null,
        CancellationToken cancellationToken = default) =>
        reader.GetAsync(client, id, cancellationToken).OrThrow();

    [McpServerTool(Name = "list_workflows", Title = "List workflows", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists registered workflows by client and id: what each runs, when it runs next, how often it failed in a row. Deleted ones are left out.")]
    public Task<Page<WorkflowView>> ListWorkflows(
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        [Description("Only workflows of this status.")] WorkflowStatus? status = null,
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        reader.ListAsync(client, status, cursor, limit, cancellationToken).OrThrow();

    [McpServerTool(Name = "preview_schedule", Title = "Preview a schedule", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Shows the next occurrences of a schedule in local time and in UTC, without saving anything. offset_changed marks the first occurrence after a change of the clocks. mark is gap where an occurrence stands for a local time that does not exist that day (stands_for), first_of_two or second_of_two where its local time comes twice. excluded_dates are the client's days on which it would have been due. dst_gap and dst_overlap tell the rules in force. Use it before register_workflow.")]
    public Task<PreviewedSchedule> PreviewSchedule(
        [Description("Cron expression: five fields (minute hour day-of-month month day-of-week), six with seconds first, a macro such as @daily, or @every with a duration such as 15m or 1h30m (elapsed time). Day of month and day of week, both given, mean either.")][StringLength(WorkflowRules.MaxScheduleLength, MinimumLength = 1)] string schedule,
        [Description("IANA time zone such as Europe/Berlin; without it the client's, without a client UTC.")] string? timeZone = null,
        [Description("The client company whose time zone and excluded dates count.")] string? client = null,
        [Description("Occurrences strictly after this instant, such as 2026-11-23T09:00:00Z; default now.")] string? from = null,
        [Description("How many.")][Range(1, SchedulePreview.MaxCount)] int count = 10,
        [Description("Nothing is due before this instant; @every counts from it.")] string? startAt = null,
        [Description("Nothing is due at this instant or later.")] string? endAt = null,
        [Description("An occurrence whose local time does not exist because the clocks go forward: next_valid (due right after the gap) or skip. Default: next_valid, but skip for schedules that fire every hour.")] DstGap? dstGap = null,
        [Description("An occurrence whose local time comes twice because the clocks go back: first or both. Default: first, but both for schedules that fire every hour.")] DstOverlap? dstOverlap = null,
        [Description("Whether nothing is due on the client's excluded dates.")] bool observeCalendar = true,
        CancellationToken cancellationToken = default) =>
        preview.PreviewAsync(
            new PreviewRequest(schedule)
            {
                TimeZone = timeZone,
                Client = client,
                From = from,
                Count = count,
                StartAt = startAt,
                EndAt = endAt,
                Gap = dstGap,
                Overlap = dstOverlap,
                ObserveCalendar = observeCalendar,
            },
            cancellationToken).OrThrow();
}
