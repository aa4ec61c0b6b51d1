using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering.Markdown;
using Markdig;

namespace Agency.Operations.Tests.Reports.Rendering;

public sealed class MarkdownReportRendererTests
{
    private static readonly MarkdownPipeline GitHub = new MarkdownPipelineBuilder().UsePipeTables().UseEmphasisExtras().UseMathematics().Build();

    [Theory]
    [InlineData("a|b")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("*bold* _under_ ~~gone~~ `code` $x$")]
    [InlineData("[link](https://example.com) ![image](x.png)")]
    [InlineData("# heading")]
    [InlineData("- item")]
    [InlineData("+ item")]
    [InlineData("1. item")]
    [InlineData("2) item")]
    [InlineData("> quote")]
    [InlineData("&lt; &amp; \\ \\| \\\\")]
    [InlineData("---")]
    [InlineData("===")]
    [InlineData("```")]
    public void Render_TextWithMarkup_IsShownAsWritten(string text)
    {
        var table = new ReportTable([new(text), new("Other")], [[text, "x"], ["y", text]]);
        var markdown = MarkdownReportRenderer.RenderText(new ReportDocument(
            SampleReports.CoverFor(text), [new ReportSection(text, new ReportParagraph("before\n" + text), new ReportParagraph(text), table)]));

        var html = Markdown.ToHtml(markdown, GitHub);
        var shown = System.Net.WebUtility.HtmlEncode(text).Replace("&#39;", "'", StringComparison.Ordinal);
        Assert.Contains($"<strong>Client:</strong> {shown}</li>", html, StringComparison.Ordinal);
        Assert.Contains($"<h2>{shown}</h2>", html, StringComparison.Ordinal);
        Assert.Contains($"<p>before<br />\n{shown}</p>", html, StringComparison.Ordinal);
        Assert.Contains($"<p>{shown}</p>", html, StringComparison.Ordinal);
        Assert.Contains($"<th>{shown}</th>", html, StringComparison.Ordinal);
        Assert.Contains($"<td>{shown}</td>\n<td>x</td>", html, StringComparison.Ordinal);
        Assert.Contains($"<td>y</td>\n<td>{shown}</td>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_CellWithLineBreak_StaysOneRow()
    {
        var markdown = MarkdownReportRenderer.RenderText(SampleReports.Of(new ReportTable([new("A"), new("B")], [["one\r\ntwo", "three"]])));

        Assert.Contains("| one two | three |\n", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Chart_BecomesTableOfItsFigures()
    {
        var markdown = MarkdownReportRenderer.RenderText(SampleReports.Of(
            new ReportChart("Runs per day", "Day", ["Mon", "Tue"], [new("Succeeded", [1200, 3]), new("Failed", [0.5, 0])])));

        Assert.Contains("**Runs per day**\n\n| Day | Succeeded | Failed |\n| --- | ---: | ---: |\n| Mon | 1,200 | 0.5 |\n| Tue | 3 | 0 |\n", markdown,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Render_EmptyParts_SaySo()
    {
        var markdown = MarkdownReportRenderer.RenderText(new ReportDocument(SampleReports.Cover,
        [
            new ReportSection("Empty"),
            new ReportSection("Parts", new ReportTable([new("A")], []), new ReportChart("Runs", "Day", [], [])),
        ]));

        Assert.Contains("## Empty\n\n_" + ReportSection.NothingToReport, markdown, StringComparison.Ordinal);
        Assert.Contains(ReportTable.NoRows, markdown, StringComparison.Ordinal);
        Assert.Contains(ReportChart.NoData, markdown, StringComparison.Ordinal);
    }
}
