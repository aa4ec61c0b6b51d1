using System.Data;
using Agency.Data;
using Agency.Data.Escalations;
using Agency.Data.Kpis;
using Agency.Data.Runs;
using Agency.Operations.Reports.Periods;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Reports.Content;

/// <summary>Reads <see cref="ReportFacts"/>.</summary>
internal static class ReportFactsReader
{
    public const int ShownRuns = 50;
    public const int ShownFailures = 25;
    public const int ShownEscalations = 25;

    /// <summary>A client's report shows its fees and never what its work costs the agency.</summary>
    private static readonly Prices NoPrices = new(0, 0, "EUR");

    /// <summary>Null when the context sees no such company.</summary>
    public static async Task<ReportFacts?> ReadAsync(
        AgencyDbContext context, CompanyId company, RequestedPeriod requested, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // One snapshot, so that tables and totals agree however busy the agency is.
        await using var snapshot = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        if (await KpiQueries.ComputeAsync(context, company, requested.Choice, NoPrices, now, cancellationToken) is not { } kpis)
        {
            return null;
        }

        var period = requested.Period;
        var days = await KpiQueries.ByDayAsync(context, company, period, now, cancellationToken);
        var workflows = await KpiQueries.ByWorkflowAsync(context, company, period, now, cancellationToken);
        var types = await context.Workflows.AsNoTracking().Where(w => w.CompanyId == company)
            .ToDictionaryAsync(w => w.WorkflowId, w => w.Type, cancellationToken);
        var runs = context.Runs.AsNoTracking()
            // As the key figures count them.
            .Where(r => r.CompanyId == company
                && ((r.Trigger != RunTrigger.CatchUp && r.Trigger != RunTrigger.Backfill && r.ScheduledFor >= period.From && r.ScheduledFor < period.To)
                    || ((r.Trigger == RunTrigger.CatchUp || r.Trigger == RunTrigger.Backfill) && r.CreatedAt >= period.From && r.CreatedAt < period.To)));
        return new ReportFacts(
            requested.Kind,
            period,
            kpis,
            days,
            [.. workflows.Select(w => new WorkflowFacts(types[w.Workflow], w))],
            await RunsAsync(runs, ShownRuns, cancellationToken),
            await RunsAsync(runs.Where(r => r.Status == RunStatus.Failed), ShownFailures, cancellationToken),
            await EscalationsAsync(context, company, period, cancellationToken));
    }

    private static async Task<Excerpt<RunFacts>> RunsAsync(IQueryable<Run> runs, int most, CancellationToken cancellationToken)
    {
        var items = await runs
            .OrderByDescending(r => r.ScheduledFor).ThenByDescending(r => r.RunId)
            .Take(most)
            .Select(r => new RunFacts(
                r.WorkflowId, r.Trigger, r.Status, r.ScheduledFor, r.ScheduledUntil, r.Occurrences, r.Attempt, r.RunSeconds, r.ErrorMessage, r.Summary, r.SkipReason))
            .ToListAsync(cancellationToken);
        return new Excerpt<RunFacts>(items, items.Count < most ? items.Count : await runs.CountAsync(cancellationToken));
    }

    /// <summary>Those that were unresolved at some time of the period, newest first.</summary>
    private static async Task<Excerpt<EscalationFacts>> EscalationsAsync(
        AgencyDbContext context, CompanyId company, Period period, CancellationToken cancellationToken)
    {
        var escalations = context.Escalations.AsNoTracking().Where(e =>
            e.CompanyId == company && e.OpenedAt < period.To && (e.Status != EscalationStatus.Resolved || e.ResolvedAt >= period.From));
        var items = await escalations
            .OrderByDescending(e => e.OpenedAt).ThenByDescending(e => e.EscalationId)
            .Take(ShownEscalations)
            .Select(e => new EscalationFacts(e.WorkflowId, e.Reason, e.Status, e.OpenedAt, e.ResolvedAt, e.Resolution))
            .ToListAsync(cancellationToken);
        return new Excerpt<EscalationFacts>(items, items.Count < ShownEscalations ? items.Count : await escalations.CountAsync(cancellationToken));
    }
}
