using Agency.Data;
using Agency.Data.Companies;
using Agency.Data.Kpis;
using Agency.Data.Scheduling;
using Agency.ServiceDefaults.Mcp;

namespace Agency.HealthMonitor.Kpis;

/// <summary>All companies at a glance.</summary>
/// <param name="Items">This page of companies, by id.</param>
/// <param name="Totals">Over all companies.</param>
/// <param name="Money">Over all companies, one line a currency.</param>
internal sealed record AgencyOverview(
    DateTimeOffset AsOf, OverviewTotals Totals, IReadOnlyList<CurrencyTotals> Money, IReadOnlyList<OverviewItem> Items, string? NextCursor)
{
    /// <param name="all">Every company's figures.</param>
    /// <param name="holds">The holds in force.</param>
    /// <param name="after">The last company of the page before.</param>
    /// <param name="limit">Companies on a page.</param>
    /// <param name="now">When the figures were computed.</param>
    public static AgencyOverview Of(IReadOnlyList<CompanyKpis> all, IReadOnlyList<WorkHold> holds, CompanyId? after, int limit, DateTimeOffset now)
    {
        var rest = all.OrderBy(kpis => kpis.Client).Where(kpis => after is not { } last || kpis.Client > last).Take(limit + 1).ToArray();
        var page = Page.From(rest, limit, kpis => new OverviewPosition(kpis.Client));
        return new AgencyOverview(now, OverviewTotals.Of(all), CurrencyTotals.Of(all), [.. page.Items.Select(kpis => OverviewItem.Of(kpis, OverviewHold.Find(holds, kpis.Client)))], page.NextCursor);
    }
}

internal sealed record OverviewPosition(CompanyId After);

/// <summary>That a company's work is held: nothing of it is planned or started.</summary>
/// <param name="Kind">pause: until someone lifts it; maintenance: until its end; freeze: until someone lifts it, and what executed was stopped.</param>
/// <param name="Everything">All companies' work is held, not this one's alone.</param>
internal sealed record OverviewHold(HoldKind Kind, bool Everything, DateTimeOffset Since, DateTimeOffset? Until, string Reason)
{
    /// <summary>The freeze, or the one that lasts longest; null when the company's work runs.</summary>
    public static OverviewHold? Find(IReadOnlyList<WorkHold> holds, CompanyId client) => holds
        .Where(hold => hold.CompanyId is null || hold.CompanyId == client)
        .OrderByDescending(hold => hold.Kind is HoldKind.Freeze).ThenByDescending(hold => hold.EndsAt ?? DateTimeOffset.MaxValue)
        .Select(hold => new OverviewHold(hold.Kind, hold.CompanyId is null, hold.StartsAt, hold.EndsAt, hold.Reason))
        .FirstOrDefault();
}

internal sealed record OverviewItem(
    CompanyId Client,
    string Name,
    CompanyStatus Status,
    OverviewHold? Hold,
    DateTimeOffset From,
    DateTimeOffset To,
    long Due,
    long Succeeded,
    long Failed,
    long Skipped,
    long Open,
    double? CompletionRate,
    double? SlaCompliance,
    long UnresolvedEscalations,
    string? Currency,
    decimal? Revenue,
    string CostCurrency,
    decimal Cost,
    decimal? Margin)
{
    public static OverviewItem Of(CompanyKpis kpis, OverviewHold? hold) => new(
        kpis.Client, kpis.Name, kpis.Status, hold, kpis.From, kpis.To,
        kpis.Scheduled.Due, kpis.Scheduled.Succeeded, kpis.Scheduled.Failed, kpis.Scheduled.Skipped, kpis.Scheduled.Open,
        kpis.Scheduled.CompletionRate, kpis.Sla.Compliance, kpis.Escalations.Unresolved,
        kpis.Money.Currency, kpis.Money.Revenue, kpis.Money.CostCurrency, kpis.Money.Cost, kpis.Money.Margin);
}

internal sealed record OverviewTotals(
    int Clients, long Due, long Succeeded, long Failed, long Skipped, long Open, double? CompletionRate, double? SlaCompliance, long UnresolvedEscalations)
{
    public static OverviewTotals Of(IReadOnlyList<CompanyKpis> all)
    {
        var (due, succeeded) = (all.Sum(k => k.Scheduled.Due), all.Sum(k => k.Scheduled.Succeeded));
        var (met, judged) = (all.Sum(k => k.Sla.Met), all.Sum(k => k.Sla.Met + k.Sla.Breached));
        return new OverviewTotals(
            all.Count, due, succeeded, all.Sum(k => k.Scheduled.Failed), all.Sum(k => k.Scheduled.Skipped), all.Sum(k => k.Scheduled.Open),
            due == 0 ? null : (double)succeeded / due, judged == 0 ? null : (double)met / judged, all.Sum(k => k.Escalations.Unresolved));
    }
}

/// <summary>Amounts of one currency.</summary>
/// <param name="Revenue">Of the companies billed in it.</param>
/// <param name="Cost">Of all companies when it is the currency of the prices, else 0.</param>
/// <param name="Margin">Sum of the companies' own margins; null where none has one in this currency.</param>
internal sealed record CurrencyTotals(string Currency, decimal Revenue, decimal Cost, decimal? Margin)
{
    public static IReadOnlyList<CurrencyTotals> Of(IReadOnlyList<CompanyKpis> all) =>
    [
        .. all.SelectMany(k => (string?[])[k.Money.Currency, k.Money.CostCurrency]).OfType<string>().Distinct().Order(StringComparer.Ordinal)
            .Select(currency => new CurrencyTotals(
                currency,
                all.Where(k => k.Money.Currency == currency).Sum(k => k.Money.Revenue ?? 0),
                all.Where(k => k.Money.CostCurrency == currency).Sum(k => k.Money.Cost),
                all.Where(k => k.Money.Currency == currency && k.Money.Margin is not null).Select(k => k.Money.Margin)
                    .DefaultIfEmpty(null).Aggregate((left, right) => left + right))),
    ];
}
