using Microsoft.EntityFrameworkCore;

namespace Agency.Data.Kpis;

/// <summary>
/// Computes the key figures that health tools and reports share. A context of the tenant role or narrowed to a company yields that company's
/// figures only. Figures that come from different statements may lie a moment apart.
/// </summary>
public static class KpiQueries
{
    /// <summary>One company's figures, or null when the context sees no such company.</summary>
    public static async Task<CompanyKpis?> ComputeAsync(
        AgencyDbContext context, CompanyId company, PeriodChoice period, Prices prices, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await ComputeManyAsync(context, [company], period, prices, now, cancellationToken)).SingleOrDefault();

    /// <summary>The figures of several companies, by id; null takes all that the context sees. As many statements as for one.</summary>
    public static async Task<IReadOnlyList<CompanyKpis>> ComputeManyAsync(
        AgencyDbContext context,
        IReadOnlyCollection<CompanyId>? companies,
        PeriodChoice period,
        Prices prices,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(period);
        ArgumentNullException.ThrowIfNull(prices);
        var found = await CompaniesAsync(context, companies, cancellationToken);
        var periods = found.Select(company => period.Resolve(company.Zone, now)).ToArray();
        var reader = new KpiReader(context, [.. found.Zip(periods, (company, p) => new KpiSlice(company.CompanyId, p.From, p.To))]);
        var runs = await reader.RunsAsync(now, cancellationToken);
        var escalations = await reader.EscalationsAsync(cancellationToken);
        return [.. found.Select((company, i) => Combine(company, periods[i], runs[i], escalations[i], prices, now))];
    }

    /// <summary>The period day by day in its own time zone, days without runs included.</summary>
    public static async Task<IReadOnlyList<DayKpis>> ByDayAsync(
        AgencyDbContext context, CompanyId company, Period period, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(period);
        var days = period.Days();
        var reader = new KpiReader(context, [.. days.Select(day => new KpiSlice(company, day.From, day.To))]);
        var runs = await reader.RunsAsync(now, cancellationToken);
        return [.. days.Zip(runs, (day, r) => new DayKpis(day.Date, day.From, day.To, r.Scheduled, r.Manual, r.Sla, r.Work))];
    }

    /// <summary>The period workflow by workflow, by id: those that have runs in it, deleted ones included.</summary>
    public static async Task<IReadOnlyList<WorkflowKpis>> ByWorkflowAsync(
        AgencyDbContext context, CompanyId company, Period period, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(period);
        var reader = new KpiReader(context, [new KpiSlice(company, period.From, period.To)]);
        var workflows = await reader.RunsByWorkflowAsync(now, cancellationToken);
        return [.. workflows.Select(w => new WorkflowKpis(w.Workflow, w.Figures.Scheduled, w.Figures.Manual, w.Figures.Sla, w.Figures.Work))];
    }

    /// <summary>The period in the company's time zone, or null when the context sees no such company.</summary>
    public static async Task<Period?> ResolveAsync(
        AgencyDbContext context, CompanyId company, PeriodChoice period, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(period);
        var found = await CompaniesAsync(context, [company], cancellationToken);
        return found.Count == 0 ? null : period.Resolve(found[0].Zone, now);
    }

    private static CompanyKpis Combine(
        KpiCompany company, Period period, RunFigures runs, EscalationKpis escalations, Prices prices, DateTimeOffset now) => new(
        company.CompanyId, company.Name, company.Status, period.From, period.To, period.Zone.Id, now,
        runs.Scheduled, runs.Manual, runs.Sla, runs.Work, escalations,
        KpiMoney.Of(company, period, runs.Scheduled.Succeeded + runs.Manual.Succeeded, runs.Work, prices, now));

    private static async Task<List<KpiCompany>> CompaniesAsync(
        AgencyDbContext context, IReadOnlyCollection<CompanyId>? ids, CancellationToken cancellationToken)
    {
        var companies = context.Companies.AsNoTracking();
        if (ids is not null)
        {
            companies = companies.Where(c => ids.Contains(c.CompanyId));
        }

        var rows = await companies
            .OrderBy(c => c.CompanyId)
            .Select(c => new { Company = c, Terms = context.CompanyTerms.FirstOrDefault(t => t.CompanyId == c.CompanyId) })
            .ToListAsync(cancellationToken);
        return [.. rows.Select(r => new KpiCompany(
            r.Company.CompanyId, r.Company.Name, r.Company.Status, r.Company.TimeZone, r.Company.CreatedAt, r.Company.ArchivedAt, r.Terms))];
    }
}
