using System.Globalization;
using System.Text;
using Agency.Operations.Reports.Model;

namespace Agency.Operations.Reports.Rendering.Markdown;

/// <summary>The report as GitHub-flavoured Markdown; a chart becomes the table of its figures.</summary>
internal sealed class MarkdownReportRenderer : IReportRenderer
{
    public string ContentType => "text/markdown; charset=utf-8";

    public string FileExtension => ".md";

    public byte[] Render(ReportDocument document) => Encoding.UTF8.GetBytes(RenderText(document));

    internal static string RenderText(ReportDocument document)
    {
        var output = new StringBuilder();
        var cover = document.Cover;
        output.Append("# ").Append(MarkdownText.Inline(cover.Title)).Append("\n\n");
        AppendCover(output, "Client", cover.ClientName);
        AppendCover(output, "Period", cover.Period);
        AppendCover(output, "Generated", cover.GeneratedText);
        AppendCover(output, "By", cover.AgencyName);

        foreach (var section in document.Sections)
        {
            output.Append("\n## ").Append(MarkdownText.Inline(section.Heading)).Append('\n');
            if (section.Blocks.Count == 0)
                AppendNotice(output, ReportSection.NothingToReport);
            foreach (var block in section.Blocks)
                Append(output, block);
        }
        return output.ToString();
    }

    private static void AppendCover(StringBuilder output, string label, string value) =>
        output.Append("- **").Append(label).Append(":** ").Append(MarkdownText.Inline(value)).Append('\n');

    private static void AppendNotice(StringBuilder output, string text) => output.Append("\n_").Append(text).Append("_\n");

    private static void Append(StringBuilder output, ReportBlock block)
    {
        switch (block)
        {
            case ReportParagraph paragraph:
                output.Append('\n').Append(MarkdownText.Paragraph(paragraph.Text)).Append('\n');
                break;
            case ReportKpis kpis when kpis.Items.Count > 0:
                AppendTable(
                    output,
                    [new("Figure"), new("Value", ReportAlignment.Right), new("Note")],
                    kpis.Items.Select(kpi => (string[])[kpi.Label, kpi.Value, kpi.Note ?? ""]));
                break;
            case ReportTable { Rows.Count: 0 }:
                AppendNotice(output, ReportTable.NoRows);
                break;
            case ReportTable table:
                AppendTable(output, table.Columns, table.Rows);
                break;
            case ReportChart chart:
                AppendChart(output, chart);
                break;
        }
    }

    private static void AppendChart(StringBuilder output, ReportChart chart)
    {
        output.Append("\n**").Append(MarkdownText.Inline(chart.Title)).Append("**\n");
        if (chart.Labels.Count == 0 || chart.Series.Count == 0)
        {
            AppendNotice(output, ReportChart.NoData);
            return;
        }
        AppendTable(
            output,
            [new(chart.CategoryName), .. chart.Series.Select(series => new ReportColumn(series.Name, ReportAlignment.Right))],
            chart.Labels.Select((label, i) => (string[])[label, .. chart.Series.Select(series => Number(series.Values[i]))]));
    }

    private static string Number(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);

    private static void AppendTable(
        StringBuilder output, IReadOnlyList<ReportColumn> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        output.Append('\n');
        AppendRow(output, columns.Select(column => column.Header));
        output.Append('|');
        foreach (var column in columns)
        {
            output.Append(column.Alignment switch
            {
                ReportAlignment.Right => " ---: |",
                ReportAlignment.Center => " :---: |",
                _ => " --- |",
            });
        }
        output.Append('\n');
        foreach (var row in rows)
            AppendRow(output, row);
    }

    private static void AppendRow(StringBuilder output, IEnumerable<string> cells)
    {
        output.Append('|');
        foreach (var cell in cells)
            output.Append(' ').Append(MarkdownText.Inline(cell)).Append(" |");
        output.Append('\n');
    }
}
