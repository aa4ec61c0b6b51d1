using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering.Text;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>The first pass: the whole document on recorded pages.</summary>
internal sealed class ReportLayout(TextLayout text)
{
    private const float HeadingGap = 8;

    public IReadOnlyList<Page> Pages(ReportDocument document)
    {
        var flow = new PageFlow();
        new CoverLayout(document.Cover, text).Place(flow);
        foreach (var section in document.Sections)
            Place(flow, section);
        Footers(flow.Pages, document.Cover);
        return flow.Pages;
    }

    private void Place(PageFlow flow, ReportSection section)
    {
        var blocks = section.Blocks.Select(LayoutOf).OfType<IBlockLayout>().ToList();
        if (blocks.Count == 0)
            blocks.Add(Notice(ReportSection.NothingToReport));

        var heading = text.Wrap(section.Heading, Theme.Heading, Theme.Width);
        var headingHeight = (heading.Count * Theme.Heading.LineHeight) + HeadingGap;
        flow.Gap(Theme.SectionGap);
        // A heading never stands alone at the foot of a page.
        flow.Require(Math.Min(headingHeight + blocks[0].FirstPartHeight, PageFlow.PageCapacity));
        new ParagraphLayout(heading, Theme.Heading, Theme.Ink).Place(flow);
        flow.Advance(HeadingGap);
        for (var i = 0; i < blocks.Count; i++)
        {
            if (i > 0)
                flow.Gap(Theme.BlockGap);
            blocks[i].Place(flow);
        }
    }

    private IBlockLayout? LayoutOf(ReportBlock block) => block switch
    {
        ReportParagraph paragraph => new ParagraphLayout(text.Wrap(paragraph.Text, Theme.Body, Theme.Width), Theme.Body, Theme.Ink),
        ReportKpis { Items.Count: 0 } => null,
        ReportKpis kpis => new KpiLayout(kpis, text),
        ReportTable { Rows.Count: 0 } => Notice(ReportTable.NoRows),
        ReportTable table => new TableLayout(table, text),
        ReportChart chart when chart.Labels.Count == 0 || chart.Series.Count == 0 => Notice($"{chart.Title}: {ReportChart.NoData}"),
        ReportChart chart => new ChartLayout(chart, text),
        _ => throw new NotSupportedException($"The PDF renderer does not know the block {block.GetType().Name}."),
    };

    private ParagraphLayout Notice(string notice) => new(text.Wrap(notice, Theme.Body, Theme.Width), Theme.Body, Theme.Muted);

    private void Footers(IReadOnlyList<Page> pages, ReportCover cover)
    {
        const float Top = Theme.PageHeight - 40;
        for (var i = 0; i < pages.Count; i++)
        {
            var number = text.Fit($"Page {i + 1} of {pages.Count}", Theme.Small, Theme.Width);
            var left = text.Fit(
                $"{cover.AgencyName}  ·  {cover.ClientName}  ·  {cover.Title}", Theme.Small, Theme.Width - number.Width - 20);
            pages[i].Line(Theme.Margin, Top - 6, Theme.Right, Top - 6, Theme.Hairline);
            pages[i].Text(left, Theme.Margin, Top, Theme.Muted);
            pages[i].Text(number, Theme.Right - number.Width, Top, Theme.Muted);
        }
    }
}
