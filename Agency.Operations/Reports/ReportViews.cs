using Agency.Data;
using Agency.Data.Kpis;
using Agency.Data.Reports;
using Agency.Operations.Reports.Downloads;
using Agency.Operations.Reports.Periods;

namespace Agency.Operations.Reports;

/// <summary>The period of a report: <paramref name="To"/> is its first instant no longer covered, <paramref name="Text"/> says it in words.</summary>
internal sealed record ReportPeriodView(DateTimeOffset From, DateTimeOffset To, string TimeZone, string Text)
{
    public static ReportPeriodView Of(Period period) => new(period.From, period.To, period.Zone.Id, PeriodText.Of(period));
}

/// <summary>A report in a list.</summary>
public sealed record ReportListItem(
    CompanyId Client,
    Guid ReportId,
    ReportKind Kind,
    string Title,
    DateTimeOffset PeriodFrom,
    DateTimeOffset PeriodTo,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    long PdfBytes);

/// <summary>
/// A report. <paramref name="Markdown"/> is a part of its text, null when only the links were asked for; <paramref name="NextOffset"/> is where
/// the next part begins, null when this was the last one.
/// </summary>
internal sealed record ReportView(
    CompanyId Client,
    Guid ReportId,
    ReportKind Kind,
    string Title,
    ReportPeriodView Period,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    string? Markdown,
    int MarkdownLength,
    int? NextOffset,
    string? Note,
    long PdfBytes,
    string PdfUrl,
    string MarkdownUrl,
    DateTimeOffset LinksExpireAt)
{
    public static ReportView Of(ReportRow report, Period period, MarkdownPart? part, ReportUrls urls) => new(
        report.CompanyId,
        report.ReportId,
        report.Kind,
        report.Title,
        ReportPeriodView.Of(period),
        report.CreatedAt,
        report.CreatedBy,
        part?.Text,
        report.Markdown.Length,
        part?.NextOffset,
        part?.NextOffset is { } next
            ? $"The text goes on: get_report with offset {next}, or the whole of it at markdown_url."
            : null,
        report.PdfBytes,
        urls.Pdf,
        urls.Markdown,
        urls.ExpireAt);
}

/// <summary>A report as it is read: everything but the PDF itself.</summary>
internal sealed record ReportRow(
    CompanyId CompanyId,
    Guid ReportId,
    ReportKind Kind,
    DateTimeOffset PeriodStart,
    DateTimeOffset PeriodEnd,
    string Title,
    string Markdown,
    long PdfBytes,
    DateTimeOffset CreatedAt,
    string CreatedBy);
