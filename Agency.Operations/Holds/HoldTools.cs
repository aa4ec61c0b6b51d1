using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Holds;

[McpServerToolType]
internal sealed class HoldTools(HoldDesk desk, HoldReader reader)
{
    private const string ClientText = "The client company whose work is meant; without it all work of all clients.";
    private const string ReasonText = "Why; people and the client's own tools see it, the client only where the hold is its own.";

    [OperatorOnly]
    [McpServerTool(Name = "pause_work", Title = "Pause all work or a client's", ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Holds the work of one client, or all work: nothing is planned and nothing starts until resume_work. What executes already goes on; stop it with cancel_run. What comes due meanwhile is treated by each workflow's catch_up rule afterwards. already_held: it was paused before, and that pause stays. To stop one workflow use update_workflow_status; for a known stretch of time use schedule_maintenance.")]
    public Task<HoldResult> PauseWork(
        [Description(ReasonText)][StringLength(1000, MinimumLength = 1)] string reason,
        [Description(ClientText)] string? client = null,
        CancellationToken cancellationToken = default) =>
        desk.PauseAsync(client, reason, cancellationToken).OrThrow();

    [OperatorOnly]
    [McpServerTool(Name = "resume_work", Title = "Resume all work or a client's", ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lifts the pause that pause_work made for the same client, or for everything. Not being paused is no error: lifted is empty then. still_held names another hold under which the work stays, such as a pause of everything or a maintenance window.")]
    public Task<ResumedWork> ResumeWork(
        [Description(ClientText)] string? client = null,
        CancellationToken cancellationToken = default) =>
        desk.ResumeAsync(client, cancellationToken).OrThrow();

    [OperatorOnly]
    [McpServerTool(Name = "schedule_maintenance", Title = "Schedule a maintenance window", ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Holds the work of one client, or all work, from starts_at to ends_at, as pause_work does. It ends by itself; cancel_maintenance ends it before.")]
    public Task<HoldResult> ScheduleMaintenance(
        [Description("When it ends, such as 2026-11-23T12:00:00Z; at most 90 days after its begin.")] string endsAt,
        [Description(ReasonText)][StringLength(1000, MinimumLength = 1)] string reason,
        [Description("When it begins, such as 2026-11-23T09:00:00Z; without it, or in the past, at once.")] string? startsAt = null,
        [Description(ClientText)] string? client = null,
        CancellationToken cancellationToken = default) =>
        desk.ScheduleAsync(client, startsAt, endsAt, reason, cancellationToken).OrThrow();

    [OperatorOnly]
    [McpServerTool(Name = "cancel_maintenance", Title = "Cancel a maintenance window", ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Ends a maintenance window now, or calls off one that has not begun.")]
    public Task<CancelledHold> CancelMaintenance(
        [Description("The hold's id, a UUID, as schedule_maintenance and list_holds give it.")] string holdId,
        CancellationToken cancellationToken = default) =>
        desk.CancelAsync(holdId, cancellationToken).OrThrow();

    [OperatorOnly]
    [McpServerTool(Name = "freeze_client", Title = "Freeze a client", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Stops a client at once: nothing of it is planned or starts, runs that execute are stopped and queued again without counting the attempt, and its own tokens are refused by every server within a second. Nothing is deleted, and the operator can do everything meanwhile. unfreeze_client ends it. executing: the runs that are being stopped; list_runs shows when none is running any more. To only keep new work from starting use pause_work.")]
    public Task<FrozenClient> FreezeClient(
        [Description("The client company's id.")][StringLength(64, MinimumLength = 1)] string client,
        [Description("Why; people see it, and the client.")][StringLength(1000, MinimumLength = 1)] string reason,
        CancellationToken cancellationToken = default) =>
        desk.FreezeAsync(client, reason, cancellationToken).OrThrow();

    [OperatorOnly]
    [McpServerTool(Name = "unfreeze_client", Title = "Unfreeze a client", ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Ends what freeze_client did: the client's tokens are good again, runs that were stopped begin anew, and what came due meanwhile is treated by each workflow's catch_up rule. Not being frozen is no error: lifted is empty then. still_held names another hold under which the work stays.")]
    public Task<ResumedWork> UnfreezeClient(
        [Description("The client company's id.")][StringLength(64, MinimumLength = 1)] string client,
        CancellationToken cancellationToken = default) =>
        desk.UnfreezeAsync(client, cancellationToken).OrThrow();

    [OperatorOnly]
    [McpServerTool(Name = "list_holds", Title = "List holds", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the pauses, maintenance windows and freezes in force and to come, the latest begin first. client null: it holds all work.")]
    public Task<Page<HoldView>> ListHolds(
        [Description("Only holds that concern this client, those of everything among them.")] string? client = null,
        [Description("Also those that are over or were lifted.")] bool includeEnded = false,
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        reader.ListAsync(client, includeEnded, cursor, limit, cancellationToken).OrThrow();
}
