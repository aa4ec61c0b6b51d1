using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Reports;
using Agency.Operations.Reports.Periods;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agency.Operations.Reports;

[McpServerToolType]
internal sealed class ReportTools(ReportGenerator generator, ReportReader reader)
{
    private const string EndText = "a date such as 2026-11-01 (its first instant in the client's time zone) or an instant such as 2026-11-01T09:00:00Z";

    [McpServerTool(Name = "generate_client_report", Title = "Generate a client report", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true, OutputSchemaType = typeof(ReportView))]
    [Description("Makes a client's report from the recorded runs and keeps it as Markdown and PDF: key figures, a chart, workflows, recent runs, failures, escalations, in the client's time zone. Answers the beginning of the text and links to both files; who has a link can read the file until it expires. Made again, it is another report.")]
    public async Task<CallToolResult> GenerateClientReport(
        [Description(ArgumentTexts.Client)] string? client = null,
        [Description("weekly (the default): the last whole week, Monday to Sunday. monthly: the last whole calendar month. this_week, this_month: as far as they have come. custom (the default with from and to): between from and to.")] ReportPeriod? period = null,
        [Description("Begin of a custom period: " + EndText + ".")][StringLength(40)] string? from = null,
        [Description("End of a custom period, itself not covered: " + EndText + ". At most 400 days after from.")][StringLength(40)] string? to = null,
        CancellationToken cancellationToken = default) =>
        ReportAnswer.Of(await generator.GenerateAsync(client, period, from, to, cancellationToken).OrThrow());

    [McpServerTool(Name = "list_reports", Title = "List reports", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists reports, newest first. get_report shows one and gives links to its files.")]
    public Task<Page<ReportListItem>> ListReports(
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        [Description("Only reports of this kind; custom is any period but the last whole week or month.")] ReportKind? kind = null,
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        reader.ListAsync(client, kind, cursor, limit, cancellationToken).OrThrow();

    [McpServerTool(Name = "get_report", Title = "Get a report", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true, OutputSchemaType = typeof(ReportView))]
    [Description("Shows one report: up to 8,000 characters of its text, and fresh links to its Markdown and PDF files; who has a link can read the file until it expires. When next_offset is given, call again with it for the next part.")]
    public async Task<CallToolResult> GetReport(
        [Description("The report's id, a UUID.")] string reportId,
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        [Description("markdown: with the text. pdf: the links alone; the PDF is fetched from pdf_url.")] ReportContent format = ReportContent.Markdown,
        [Description("Where in the text to begin: next_offset of the previous call.")][Range(0, int.MaxValue)] int offset = 0,
        CancellationToken cancellationToken = default) =>
        ReportAnswer.Of(await reader.GetAsync(client, reportId, format, offset, cancellationToken).OrThrow());
}
