using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Kpis;
using Agency.ServiceDefaults.Mcp;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol.Server;

namespace Agency.HealthMonitor.Kpis;

/// <summary>The key figures that are computed from the recorded runs, escalations and terms.</summary>
[McpServerToolType]
internal sealed class KpiTools(ClientAccess clients, Prices prices, TimeProvider time)
{
    [McpServerTool(Name = "get_company_metrics", Title = "Get a client's key figures", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description(
        "A client's key figures for a period, computed from recorded runs; a rate of nothing is null. A run belongs to the period in which it was due; an import's past occurrence and a backfill to that in which they were asked for. "
        + "scheduled: occurrences that schedules asked for; due = succeeded + failed + skipped + cancelled + open; completion_rate = succeeded / due. "
        + "skipped_by_reason: missed (nothing was planning), overlap (the run before was still open), paused (the workflow stood), held (the client's or all work was held). manual: runs that someone asked for, in no rate of due occurrences. "
        + "sla: met = succeeded at scheduled time + SLA minutes (the workflow's, else the client's terms) or before; breached = succeeded later, failed, skipped, or open past that "
        + "deadline; pending = open before it; compliance = met / (met + breached); cancelled and manual runs are not judged. "
        + "work (scheduled and manual together): success_rate = succeeded / (succeeded + failed); run seconds are workers' seconds of all attempts of a run. "
        + "escalations: opened in the period; unresolved now; mean seconds to acknowledge and to resolve of those opened in the period. "
        + "money (an estimate): fixed_fee = monthly fee by the share of each calendar month's days, from the client's creation to its archival and not beyond now; run_fees = fee x succeeded runs; "
        + "revenue = both; cost = run seconds and model tokens at the configured prices; margin = revenue - cost, null when currencies differ; notes say what is missing.")]
    public async Task<CompanyKpis> GetCompanyMetricsAsync(
        [Description(Instructions.Client)] string? client = null,
        [Description(Instructions.Period + " Without any of them last_7_days.")] NamedPeriod? period = null,
        [Description(Instructions.From)] DateTimeOffset? from = null,
        [Description(Instructions.To)] DateTimeOffset? to = null,
        CancellationToken cancellationToken = default)
    {
        var choice = PeriodChoice.Parse(period, from, to, NamedPeriod.Last7Days).OrThrow();
        await using var session = await clients.OpenAsync(client, cancellationToken);
        var kpis = await KpiQueries.ComputeAsync(session.Context, session.Id, choice, prices, time.GetUtcNow(), cancellationToken);
        return kpis ?? throw new InvalidOperationException("The company vanished between two statements.");
    }

    [OperatorOnly]
    [McpServerTool(Name = "get_agency_overview", Title = "Get the agency's overview", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description(
        "The main key figures of all client companies for a period, by id, paged, with totals over all of them (not only this page) and the money by currency. "
        + "Definitions as in get_company_metrics, which gives everything about one client. A named period is read in each client's own time zone. "
        + "hold, where it is not null, says that the client's work is held: nothing of it is planned or started.")]
    public async Task<AgencyOverview> GetAgencyOverviewAsync(
        [Description(Instructions.Period + " Without any of them last_7_days.")] NamedPeriod? period = null,
        [Description(Instructions.From)] DateTimeOffset? from = null,
        [Description(Instructions.To)] DateTimeOffset? to = null,
        [Description("How many clients at most.")][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        [Description("next_cursor of the previous page.")] string? cursor = null,
        CancellationToken cancellationToken = default)
    {
        var choice = PeriodChoice.Parse(period, from, to, NamedPeriod.Last7Days).OrThrow();
        var after = Cursor.Decode<OverviewPosition>(cursor).OrThrow();
        var size = Paging.Check(limit).OrThrow();
        var now = time.GetUtcNow();
        await using var context = clients.OpenAll();
        var all = await KpiQueries.ComputeManyAsync(context, null, choice, prices, now, cancellationToken);
        var holds = await context.WorkHolds.AsNoTracking()
            .Where(h => h.StartsAt <= now && (h.EndsAt == null || h.EndsAt > now)).ToListAsync(cancellationToken);
        return AgencyOverview.Of(all, holds, after?.After, size, now);
    }
}
