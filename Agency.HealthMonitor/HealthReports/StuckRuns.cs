using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Agency.HealthMonitor.HealthReports;

/// <summary>Runs that ought to move and do not.</summary>
internal static class StuckRuns
{
    public const int MaxShown = 50;

    private static readonly TimeSpan QueuedTooLong = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan WaitingTooLong = TimeSpan.FromHours(24);
    private static readonly TimeSpan LostTooLong = TimeSpan.FromMinutes(1);

    /// <summary>The longest stuck ones first.</summary>
    public static async Task<IReadOnlyList<StuckRun>> FindAsync(AgencyDbContext context, CompanyId company, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (queuedBefore, waitingBefore, lostBefore) = (now - QueuedTooLong, now - WaitingTooLong, now - LostTooLong);
        var open = context.QueuedRuns.Where(q => q.CompanyId == company && q.AvailableAt < queuedBefore).Select(q => q.RunId)
            .Concat(context.StartedRuns.Where(s => s.CompanyId == company).Select(s => s.RunId));
        var runs = await context.Runs.AsNoTracking()
            .Where(r => r.CompanyId == company && open.Contains(r.RunId)
                && (r.Status == RunStatus.Queued
                    || (r.Status == RunStatus.Waiting && (r.StartedAt ?? r.CreatedAt) < waitingBefore)
                    || (r.Status == RunStatus.Running && r.LeaseUntil < lostBefore)))
            .OrderBy(r => r.ScheduledFor)
            .Take(MaxShown)
            .Select(r => new { r.RunId, r.WorkflowId, r.Status, r.ScheduledFor, r.AvailableAt, WaitingSince = r.StartedAt ?? r.CreatedAt, r.LeaseUntil })
            .ToListAsync(cancellationToken);
        return
        [
            .. runs.Select(r => r.Status switch
            {
                RunStatus.Queued => new StuckRun(r.RunId, r.WorkflowId, r.Status, r.ScheduledFor, r.AvailableAt, "No scheduler took it for more than 15 minutes."),
                RunStatus.Waiting => new StuckRun(r.RunId, r.WorkflowId, r.Status, r.ScheduledFor, r.WaitingSince, "It has been waiting for more than 24 hours."),
                _ => new StuckRun(r.RunId, r.WorkflowId, r.Status, r.ScheduledFor, r.LeaseUntil!.Value, "Its scheduler stopped renewing the lease more than a minute ago and no other took over."),
            }).OrderBy(r => r.Since),
        ];
    }

    /// <summary>Workflows that failed too often in a row, most failures first.</summary>
    public static async Task<IReadOnlyList<EscalatedWorkflow>> EscalatedAsync(AgencyDbContext context, CompanyId company, CancellationToken cancellationToken) =>
        await context.Workflows.AsNoTracking()
            .Where(w => w.CompanyId == company && w.Status == WorkflowStatus.Escalated && w.DeletedAt == null)
            .OrderByDescending(w => w.FailureCount).ThenBy(w => w.WorkflowId)
            .Take(MaxShown)
            .Select(w => new EscalatedWorkflow(w.WorkflowId, w.Type, w.FailureCount, w.StatusMessage))
            .ToListAsync(cancellationToken);
}
