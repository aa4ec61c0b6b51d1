using Agency.Data;
using Agency.Data.Kpis;
using Agency.Data.Reports;
using Agency.Operations.Reports.Downloads;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Reports;

/// <summary>Shows reports that were made.</summary>
internal sealed class ReportReader(CompanyScope companies, CallerDatabase database, ReportLinks links)
{
    public Task<Result<Page<ReportListItem>>> ListAsync(
        string? client, ReportKind? kind, string? cursor, int limit, CancellationToken cancellationToken) =>
        database.ReadPageAsync(
            companies,
            new PageRequest(client, cursor, limit),
            (AgencyDbContext context, Position? from) => Select(context, from, kind),
            r => new Position(r.CreatedAt, r.ReportId),
            cancellationToken);

    /// <param name="client">Null looks among all that the caller may see.</param>
    /// <param name="reportId">A UUID.</param>
    /// <param name="format">Whether the text comes along.</param>
    /// <param name="offset">Where in the text the part begins.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Result<ReportView>> GetAsync(
        string? client, string reportId, ReportContent format, int offset, CancellationToken cancellationToken)
    {
        var scope = companies.ResolveOptional(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        if (!Guid.TryParse(reportId, out var id))
        {
            return ReportErrors.BadId();
        }

        await using var context = database.Open(scope.Value);
        var report = await context.Reports.AsNoTracking()
            .Where(r => r.ReportId == id)
            .Select(r => new ReportRow(
                r.CompanyId, r.ReportId, r.Kind, r.PeriodStart, r.PeriodEnd, r.Title, r.Markdown, r.Pdf.Length, r.CreatedAt, r.CreatedBy))
            .FirstOrDefaultAsync(cancellationToken);
        if (report is null)
        {
            return ReportErrors.NoSuchReport(id);
        }

        var zone = await ReportZones.FindAsync(context, report.CompanyId, cancellationToken);
        if (!zone.IsSuccess)
        {
            return zone.Error;
        }

        var part = format is ReportContent.Markdown ? MarkdownPart.Of(report.Markdown, offset) : null;
        var period = new Period(report.PeriodStart, report.PeriodEnd, zone.Value);
        return ReportView.Of(report, period, part, links.Make(report.CompanyId, report.ReportId));
    }

    private static IQueryable<ReportListItem> Select(AgencyDbContext context, Position? from, ReportKind? kind)
    {
        var query = context.Reports.AsNoTracking();
        query = kind is null ? query : query.Where(r => r.Kind == kind);
        if (from is not null)
        {
            query = query.Where(r => EF.Functions.LessThan(ValueTuple.Create(r.CreatedAt, r.ReportId), ValueTuple.Create(from.CreatedAt, from.ReportId)));
        }

        return query
            .OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.ReportId)
            .Select(r => new ReportListItem(r.CompanyId, r.ReportId, r.Kind, r.Title, r.PeriodStart, r.PeriodEnd, r.CreatedAt, r.CreatedBy, r.Pdf.Length));
    }

    private sealed record Position(DateTimeOffset CreatedAt, Guid ReportId);
}
