using System.Text;
using Agency.Data;
using Agency.Data.Reports;
using Agency.Operations.Reports.Content;
using Agency.Operations.Reports.Downloads;
using Agency.Operations.Reports.Periods;
using Agency.Operations.Reports.Rendering;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.Extensions.Options;

namespace Agency.Operations.Reports;

/// <summary>Makes a client's report from recorded rows and keeps it, as Markdown and as PDF.</summary>
internal sealed class ReportGenerator(
    CompanyScope companies,
    CallerDatabase database,
    Caller caller,
    [FromKeyedServices(ReportFormat.Markdown)] IReportRenderer markdown,
    [FromKeyedServices(ReportFormat.Pdf)] IReportRenderer pdf,
    ReportLinks links,
    IOptions<ReportOptions> options,
    IWakeUps wakeUps,
    TimeProvider time)
{
    /// <summary>The database refuses larger ones.</summary>
    private const int MaxPdfBytes = 20 * 1024 * 1024;

    public async Task<Result<ReportView>> GenerateAsync(
        string? client, ReportPeriod? period, string? from, string? to, CancellationToken cancellationToken)
    {
        var company = companies.Resolve(client);
        if (!company.IsSuccess)
        {
            return company.Error;
        }

        var now = time.Now();
        await using var context = database.Open(company.Value);
        var zone = await ReportZones.FindAsync(context, company.Value, cancellationToken);
        if (!zone.IsSuccess)
        {
            return zone.Error;
        }

        var requested = RequestedPeriod.Resolve(period, from, to, zone.Value, now);
        if (!requested.IsSuccess)
        {
            return requested.Error;
        }

        if (await ReportFactsReader.ReadAsync(context, company.Value, requested.Value, now, cancellationToken) is not { } facts)
        {
            return CompanyResolution.UnknownCompany(company.Value.Value);
        }

        var report = Render(company.Value, facts, now);
        if (report.Pdf.Length > MaxPdfBytes)
        {
            return ReportErrors.TooLarge(report.Pdf.Length);
        }

        context.Reports.Add(report);
        await context.SaveChangesAsync(cancellationToken);
        await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        var row = new ReportRow(
            report.CompanyId, report.ReportId, report.Kind, report.PeriodStart, report.PeriodEnd, report.Title, report.Markdown, report.Pdf.Length,
            report.CreatedAt, report.CreatedBy);
        return ReportView.Of(row, facts.Period, MarkdownPart.Of(report.Markdown, 0), links.Make(report.CompanyId, report.ReportId));
    }

    private Report Render(CompanyId company, ReportFacts facts, DateTimeOffset now)
    {
        var document = ReportComposer.Compose(facts, options.Value.AgencyName);
        return new Report
        {
            CompanyId = company,
            ReportId = Guid.CreateVersion7(now),
            Kind = facts.Kind,
            PeriodStart = facts.Period.From,
            PeriodEnd = facts.Period.To,
            Title = ReportComposer.FullTitle(facts),
            Markdown = Encoding.UTF8.GetString(markdown.Render(document)),
            Pdf = pdf.Render(document),
            CreatedAt = now,
            CreatedBy = caller.Subject,
        };
    }
}
