using System.Globalization;
using System.Linq.Expressions;
using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Registry;

/// <summary>
/// What happened to workflows. How their occurrences ended is told from the runs themselves and written nowhere else: whoever settles a run writes
/// that run.
/// </summary>
internal static class WorkflowHistory
{
    private static readonly Expression<Func<Run, bool>> Told = r => (r.Status == RunStatus.Succeeded || r.Status == RunStatus.Failed) && r.FinishedAt != null;

    /// <summary>Workflows with the scheduled time of their latest occurrence that succeeded or failed, here or before an import; null: none has.</summary>
    public static IQueryable<WorkflowRow> WithLastRun(this IQueryable<Workflow> workflows, AgencyDbContext context)
    {
        var runs = context.Runs.Where(Told);
        return workflows.Select(w => new WorkflowRow(
            w,
            runs.Where(r => r.CompanyId == w.CompanyId && r.WorkflowId == w.WorkflowId).Max(r => (DateTimeOffset?)r.ScheduledFor)));
    }

    public static Task<WorkflowRow> RowAsync(this AgencyDbContext context, WorkflowKey key, CancellationToken cancellationToken) =>
        context.Workflows.Where(w => w.CompanyId == key.Company && w.WorkflowId == key.Id).WithLastRun(context).SingleAsync(cancellationToken);

    /// <summary>At most <paramref name="count"/> lines of each workflow, the newest first; of its occurrences those that were due last.</summary>
    public static async Task<ILookup<WorkflowKey, HistoryLine>> ReadHistoryAsync(
        this AgencyDbContext context, IQueryable<Workflow> workflows, int count, CancellationToken cancellationToken)
    {
        var events = await workflows
            .SelectMany(w => context.WorkflowEvents
                .Where(e => e.CompanyId == w.CompanyId && e.WorkflowId == w.WorkflowId)
                .OrderByDescending(e => e.At).ThenByDescending(e => e.EventId).Take(count))
            .AsNoTracking().ToListAsync(cancellationToken);
        var runs = context.Runs.Where(Told);
        var ends = await workflows
            .SelectMany(w => runs.Where(r => r.CompanyId == w.CompanyId && r.WorkflowId == w.WorkflowId).OrderByDescending(r => r.ScheduledFor).Take(count))
            .AsNoTracking().Select(RunEnd.Of).ToListAsync(cancellationToken);

        // An event of the same instant followed from the end of the run.
        return events.Select(e => (Key: new WorkflowKey(e.CompanyId, e.WorkflowId), Order: e.EventId, Line: new HistoryLine(e.At, e.Type, e.Message)))
            .Concat(ends.Select(e => (e.Key, Order: 0L, e.Line)))
            .OrderByDescending(l => l.Line.Timestamp).ThenByDescending(l => l.Order)
            .GroupBy(l => l.Key)
            .SelectMany(g => g.Take(count))
            .ToLookup(l => l.Key, l => l.Line);
    }

    /// <summary>All lines of one workflow that bear one of these times.</summary>
    public static async Task<HashSet<HistoryLine>> ReadHistoryAtAsync(
        this AgencyDbContext context, WorkflowKey key, IReadOnlyCollection<DateTimeOffset> times, CancellationToken cancellationToken)
    {
        var events = await context.WorkflowEvents
            .Where(e => e.CompanyId == key.Company && e.WorkflowId == key.Id && times.Contains(e.At))
            .Select(e => new HistoryLine(e.At, e.Type, e.Message)).ToListAsync(cancellationToken);
        var ends = await context.Runs.Where(Told)
            .Where(r => r.CompanyId == key.Company && r.WorkflowId == key.Id && times.Contains(r.FinishedAt!.Value))
            .Select(RunEnd.Of).ToListAsync(cancellationToken);
        return [.. events, .. ends.Select(e => e.Line)];
    }

    /// <summary>How an occurrence ended.</summary>
    private sealed record RunEnd(
        CompanyId Company, WorkflowId Workflow, DateTimeOffset FinishedAt, RunStatus Status, DateTimeOffset ScheduledFor, int Attempt, string? Error)
    {
        public static readonly Expression<Func<Run, RunEnd>> Of =
            r => new RunEnd(r.CompanyId, r.WorkflowId, r.FinishedAt!.Value, r.Status, r.ScheduledFor, r.Attempt, r.ErrorMessage);

        public WorkflowKey Key => new(Company, Workflow);

        public HistoryLine Line => new(FinishedAt, SnakeCase.Of(Status), Status is RunStatus.Succeeded
            ? $"The occurrence of {Due} succeeded."
            : $"The occurrence of {Due} failed after attempt {Attempt}: {Error}");

        private string Due => ScheduledFor.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
    }
}
