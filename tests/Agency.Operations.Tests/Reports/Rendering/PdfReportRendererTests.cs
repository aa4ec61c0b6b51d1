using System.Text;
using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering;
using Microsoft.Extensions.DependencyInjection;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;

namespace Agency.Operations.Tests.Reports.Rendering;

public sealed class PdfReportRendererTests
{
    private readonly IReportRenderer _renderer = new ServiceCollection().AddReportRendering().BuildServiceProvider()
        .GetRequiredKeyedService<IReportRenderer>(ReportFormat.Pdf);

    [Fact]
    public void Render_NamesInThreeScripts_CanBeReadBack()
    {
        var pages = PagesOf(SampleReports.Full());

        Assert.Contains(SampleReports.Greek, pages[0], StringComparison.Ordinal);
        Assert.Contains(SampleReports.Cyrillic, pages[0], StringComparison.Ordinal);
        Assert.Contains(SampleReports.Chinese, pages[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Render_SeveralPages_NumbersEachWithTheTotal()
    {
        var pages = PagesOf(SampleReports.Full());

        Assert.InRange(pages.Count, 3, 5);
        for (var i = 0; i < pages.Count; i++)
            Assert.Contains($"Page {i + 1} of {pages.Count}", pages[i], StringComparison.Ordinal);
    }

    [Fact]
    public void Render_LongTable_RepeatsTheHeaderAndKeepsEveryRowOnce()
    {
        var rows = Enumerable.Range(0, 200).Select(i => (string[])[$"row-{i:000}", "value"]).ToArray();

        var pages = PagesOf(SampleReports.Of(new ReportTable([new("Identifier"), new("Worth", ReportAlignment.Right)], rows)));

        Assert.True(pages.Count > 3);
        Assert.All(pages, page => Assert.Equal(1, Occurrences(page, "Identifier")));
        Assert.All(rows, row => Assert.Equal(1, Occurrences(string.Concat(pages), row[0])));
    }

    [Fact]
    public void Render_RowHigherThanAPage_IsCutBetweenLines()
    {
        var words = Enumerable.Range(0, 3000).Select(i => $"word{i:0000}").ToArray();

        var pages = PagesOf(SampleReports.Of(new ReportTable([new("Long"), new("Short")], [[string.Join(' ', words), "x"]])));

        var text = string.Concat(pages);
        Assert.True(pages.Count > 1);
        Assert.All(words, word => Assert.Equal(1, Occurrences(text, word)));
    }

    [Fact]
    public void Render_HeadingAtAPageEnd_MovesWithItsFirstBlock()
    {
        for (var lines = 25; lines < 45; lines++)
        {
            var filler = string.Join('\n', Enumerable.Repeat("filler", lines));
            var pages = PagesOf(new ReportDocument(SampleReports.Cover,
            [
                new ReportSection("First", new ReportParagraph(filler)),
                new ReportSection("Kept heading", new ReportTable([new("Kept header")], [["Kept row"]])),
            ]));

            var page = Assert.Single(pages, page => page.Contains("Kept heading", StringComparison.Ordinal));
            Assert.Contains("Kept header", page, StringComparison.Ordinal);
            Assert.Contains("Kept row", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Render_CharactersOfNoFont_ShowsBoxesAndKeepsTheText()
    {
        var pages = PagesOf(SampleReports.Of(new ReportParagraph("before \U0001F469 \u05E9\u05DC\u05D5\u05DD \uD800 after")));

        Assert.Contains("before", pages[0], StringComparison.Ordinal);
        Assert.Contains("after", pages[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Render_WideText_StaysWithinTheMargins()
    {
        var document = new ReportDocument(SampleReports.CoverFor(new string('W', 400)),
        [
            new ReportSection(new string('H', 300),
                new ReportParagraph(new string('x', 2000)),
                new ReportTable([.. Enumerable.Range(0, 14).Select(i => new ReportColumn($"Column {i}"))],
                    [[.. Enumerable.Range(0, 14).Select(i => $"https://example.com/{i}/averylongpath")]]),
                new ReportKpis([.. Enumerable.Range(0, 4).Select(_ => new ReportKpi(new string('L', 80), new string('8', 80), new string('N', 80)))]),
                new ReportChart(new string('C', 300), "Day", [.. Enumerable.Range(0, 366).Select(i => $"Day number {i}")],
                    [new(new string('S', 300), [.. Enumerable.Range(0, 366).Select(i => (double)i)]), new("T", new double[366])])),
        ]);

        using var pdf = PdfDocument.Open(_renderer.Render(document));
        var letters = pdf.GetPages().SelectMany(page => page.Letters).Where(letter => !string.IsNullOrWhiteSpace(letter.Value)).ToArray();

        Assert.NotEmpty(letters);
        Assert.All(letters, letter => Assert.InRange(letter.StartBaseLine.X, 55.5, 595.28 - 55.5));
        Assert.All(letters, letter => Assert.InRange(letter.EndBaseLine.X, 55.5, 595.28 - 55.5));
    }

    [Fact]
    public void Render_ChartsOfAnyShape_MakeAPage()
    {
        string[] labels = ["a", "b"];
        var pages = PagesOf(SampleReports.Of(
            new ReportChart("Zero", "Day", labels, [new("s", [0, 0])]),
            new ReportChart("Below", "Day", labels, [new("s", [-3, -1.5]), new("t", [-3, 2])]),
            new ReportChart("Large", "Day", labels, [new("s", [1e15, 1e-9])], ReportBars.Clustered),
            new ReportChart("Nothing", "Day", [], [])));

        Assert.Contains("Nothing: " + ReportChart.NoData, string.Concat(pages), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_ReportWithChinese_EmbedsOnlyTheGlyphsItUses()
    {
        var bytes = _renderer.Render(SampleReports.Full());

        Assert.InRange(bytes.Length, 10_000, 300_000);
        using var pdf = PdfDocument.Open(bytes);
        Assert.Contains(pdf.GetPages().SelectMany(page => page.Letters), letter => letter.FontName!.Contains("NotoSansSC", StringComparison.Ordinal));
    }

    [Fact]
    public void Render_AfterCollections_StillHasItsFonts()
    {
        // The fonts lie in native memory; a managed copy would have been moved or freed here.
        var first = _renderer.Render(SampleReports.Full());
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            _ = new byte[40_000_000];
        }

        Assert.Equal(first, _renderer.Render(SampleReports.Full()));
    }

    [Fact]
    public async Task Render_OnManyThreads_MakesTheSameBytes()
    {
        var expected = _renderer.Render(SampleReports.Full());

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _renderer.Render(SampleReports.Full()))));

        Assert.All(all, bytes => Assert.Equal(expected, bytes));
    }

    [Fact]
    public void Render_Cover_BecomesTheFilesTitleAndAuthor()
    {
        using var pdf = PdfDocument.Open(_renderer.Render(SampleReports.Full()));

        Assert.Equal($"Weekly report – {SampleReports.Greek}", pdf.Information.Title);
        Assert.Equal("Northwind Agency", pdf.Information.Author);
    }

    private List<string> PagesOf(ReportDocument document)
    {
        using var pdf = PdfDocument.Open(_renderer.Render(document));
        return [.. pdf.GetPages().Select(TextOf)];
    }

    private static string TextOf(Page page)
    {
        var text = new StringBuilder();
        foreach (var letter in page.Letters)
            text.Append(letter.Value);
        return text.ToString();
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;
}
