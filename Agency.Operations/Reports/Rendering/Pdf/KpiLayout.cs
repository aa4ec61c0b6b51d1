using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering.Text;
using SkiaSharp;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>Figures as tiles, up to four in a row, all of one row equally high.</summary>
internal sealed class KpiLayout : IBlockLayout
{
    private const int MostPerRow = 4;
    private const float Gutter = 10;
    private const float Padding = 11;
    private const float SmallestFigure = 11;

    private readonly float _tileWidth;
    private readonly IReadOnlyList<Tile[]> _rows;

    public KpiLayout(ReportKpis kpis, TextLayout text)
    {
        var rows = (kpis.Items.Count + MostPerRow - 1) / MostPerRow;
        // Five figures stand as three and two rather than four and one.
        var perRow = (kpis.Items.Count + rows - 1) / rows;
        _tileWidth = (Theme.Width - (Gutter * (perRow - 1))) / perRow;
        var width = _tileWidth - (2 * Padding);
        _rows = [.. kpis.Items.Select(kpi => new Tile(kpi, text, width)).Chunk(perRow)];
    }

    public float FirstPartHeight => HeightOf(_rows[0]);

    public void Place(PageFlow flow)
    {
        for (var i = 0; i < _rows.Count; i++)
        {
            if (i > 0)
                flow.Gap(Gutter);
            var height = HeightOf(_rows[i]);
            flow.Require(height);
            for (var column = 0; column < _rows[i].Length; column++)
            {
                var x = Theme.Margin + (column * (_tileWidth + Gutter));
                flow.Page.Box(SKRect.Create(x, flow.Y, _tileWidth, height), Theme.Surface, 4);
                _rows[i][column].Draw(flow.Page, x + Padding, flow.Y + Padding);
            }
            flow.Advance(height);
        }
    }

    private static float HeightOf(Tile[] row) => row.Max(tile => tile.Height) + (2 * Padding);

    private sealed class Tile(ReportKpi kpi, TextLayout text, float width)
    {
        private const float Spacing = 2;

        private readonly IReadOnlyList<(TextLine Line, SKColor Color)> _lines =
        [
            .. text.Wrap(kpi.Label, Theme.Label, width).Select(line => (line, Theme.Muted)),
            .. text.Wrap(kpi.Value, FigureStyle(kpi.Value, text, width), width).Select(line => (line, Theme.Ink)),
            .. string.IsNullOrWhiteSpace(kpi.Note) ? [] : text.Wrap(kpi.Note, Theme.Small, width).Select(line => (line, Theme.Muted)),
        ];

        public float Height => _lines.Sum(part => part.Line.Style.LineHeight + Spacing) - Spacing;

        public void Draw(Page page, float x, float y)
        {
            foreach (var (line, color) in _lines)
            {
                page.Text(line, x, y, color);
                y += line.Style.LineHeight + Spacing;
            }
        }

        /// <summary>As large as fits on one line, down to a size from which on it wraps.</summary>
        private static TextStyle FigureStyle(string value, TextLayout text, float width)
        {
            var natural = text.Measure(value, Theme.Figure).Widest;
            var size = natural <= width ? Theme.Figure.Size : Math.Max(SmallestFigure, Theme.Figure.Size * width / natural * 0.995f);
            return Theme.Figure with { Size = size };
        }
    }
}
