using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering.Text;
using SkiaSharp;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>
/// A table that runs over pages with its header on each. A row moves to the next page whole, unless it is higher than a
/// page: then it is cut between lines.
/// </summary>
internal sealed class TableLayout : IBlockLayout
{
    private const float PaddingX = 6;
    private const float PaddingY = 4.5f;

    private readonly ReportTable _table;
    private readonly TextLayout _text;
    private readonly float[] _widths;
    private readonly IReadOnlyList<TextLine>[] _header;
    private readonly float _headerHeight;

    public TableLayout(ReportTable table, TextLayout text)
    {
        (_table, _text) = (table, text);
        _widths = TableColumns.Widths(table, text, PaddingX);
        _header = Wrap([.. table.Columns.Select(column => column.Header)], Theme.LabelStrong);
        _headerHeight = HeightOf(LinesOf(_header), Theme.LabelStrong);
        // A header that fills the page (text nobody wrote by hand) would leave no room for rows: it is cut.
        _headerHeight = Math.Min(_headerHeight, PageFlow.PageCapacity / 3);
    }

    public float FirstPartHeight
    {
        get
        {
            var first = HeightOf(LinesOf(Wrap(_table.Rows[0], Theme.Cell)), Theme.Cell);
            return _headerHeight + Math.Min(first, PageFlow.PageCapacity - _headerHeight);
        }
    }

    public void Place(PageFlow flow)
    {
        flow.Require(FirstPartHeight);
        PlaceHeader(flow);
        foreach (var row in _table.Rows)
            PlaceRow(flow, Wrap(row, Theme.Cell));
    }

    private static float HeightOf(int lines, TextStyle style) => (lines * style.LineHeight) + (2 * PaddingY);

    private static int LinesOf(IReadOnlyList<TextLine>[] cells) => cells.Max(lines => lines.Count);

    private IReadOnlyList<TextLine>[] Wrap(IReadOnlyList<string> cells, TextStyle style) =>
        [.. cells.Select((cell, column) => _text.Wrap(cell, style, Math.Max(1, _widths[column] - (2 * PaddingX))))];

    private void PlaceHeader(PageFlow flow)
    {
        flow.Page.Box(SKRect.Create(Theme.Margin, flow.Y, Theme.Width, _headerHeight), Theme.Surface);
        var lines = (int)Math.Floor((_headerHeight - (2 * PaddingY) + 0.01f) / Theme.LabelStrong.LineHeight);
        PlaceLines(flow, _header, 0, lines, Theme.LabelStrong, Theme.Muted);
        flow.Advance(_headerHeight);
    }

    private void PlaceRow(PageFlow flow, IReadOnlyList<TextLine>[] cells)
    {
        var total = LinesOf(cells);
        var whole = HeightOf(total, Theme.Cell);
        if (whole > flow.Remaining && whole <= PageFlow.PageCapacity - _headerHeight)
            Continue(flow);
        for (var from = 0; from < total;)
        {
            var fitting = (int)Math.Floor((flow.Remaining - (2 * PaddingY)) / Theme.Cell.LineHeight);
            if (fitting < 1)
            {
                Continue(flow);
                continue;
            }
            var count = Math.Min(fitting, total - from);
            PlaceLines(flow, cells, from, count, Theme.Cell, Theme.Ink);
            flow.Advance(HeightOf(count, Theme.Cell));
            from += count;
        }
        flow.Page.Line(Theme.Margin, flow.Y, Theme.Right, flow.Y, Theme.Hairline);
    }

    private void Continue(PageFlow flow)
    {
        flow.Break();
        PlaceHeader(flow);
    }

    private void PlaceLines(PageFlow flow, IReadOnlyList<TextLine>[] cells, int from, int count, TextStyle style, SKColor color)
    {
        var x = Theme.Margin;
        for (var column = 0; column < cells.Length; column++)
        {
            var y = flow.Y + PaddingY;
            foreach (var line in cells[column].Skip(from).Take(count))
            {
                var slack = _widths[column] - (2 * PaddingX) - line.Width;
                var indent = _table.Columns[column].Alignment switch
                {
                    ReportAlignment.Right => slack,
                    ReportAlignment.Center => slack / 2,
                    _ => 0,
                };
                flow.Page.Text(line, x + PaddingX + indent, y, color);
                y += style.LineHeight;
            }
            x += _widths[column];
        }
    }
}
