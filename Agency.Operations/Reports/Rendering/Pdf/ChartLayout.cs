using System.Globalization;
using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering.Text;
using SkiaSharp;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>A bar chart drawn with boxes and lines: caption, legend, plot, labels; never cut by a page's end.</summary>
internal sealed class ChartLayout : IBlockLayout
{
    private const float PlotHeight = 150;
    private const float Swatch = 7;
    private const float Gap = 8;

    private readonly ReportChart _chart;
    private readonly TextLayout _text;
    private readonly IReadOnlyList<TextLine> _caption;
    private readonly ChartScale _scale;
    private readonly SKColor[] _colors;
    private readonly IReadOnlyList<(TextLine Name, SKColor Color, float X, int Row)> _legend;

    public ChartLayout(ReportChart chart, TextLayout text)
    {
        (_chart, _text) = (chart, text);
        _caption = text.Wrap(chart.Title, Theme.Caption, Theme.Width);
        _scale = ChartScale.Of(chart);
        _colors = Theme.ColorsOf(chart.Series);
        _legend = Legend();
    }

    public float FirstPartHeight => LegendTop + LegendHeight + Gap + PlotHeight + Theme.Small.LineHeight + Gap;

    private float LegendTop => (_caption.Count * Theme.Caption.LineHeight) + 4;

    private float LegendHeight => (_legend[^1].Row + 1) * Theme.Label.LineHeight;

    public void Place(PageFlow flow)
    {
        flow.Require(FirstPartHeight);
        var (page, top) = (flow.Page, flow.Y);
        for (var i = 0; i < _caption.Count; i++)
            page.Text(_caption[i], Theme.Margin, top + (i * Theme.Caption.LineHeight), Theme.Ink);
        foreach (var (name, color, x, row) in _legend)
        {
            var y = top + LegendTop + (row * Theme.Label.LineHeight);
            page.Box(SKRect.Create(Theme.Margin + x, y + ((Theme.Label.LineHeight - Swatch) / 2), Swatch, Swatch), color, 1.5f);
            page.Text(name, Theme.Margin + x + Swatch + 4, y, Theme.Muted);
        }
        PlacePlot(page, top + LegendTop + LegendHeight + Gap);
        flow.Advance(FirstPartHeight);
    }

    private List<(TextLine Name, SKColor Color, float X, int Row)> Legend()
    {
        var entries = new List<(TextLine, SKColor, float, int)>();
        var (x, row) = (0f, 0);
        for (var i = 0; i < _chart.Series.Count; i++)
        {
            var name = _text.Fit(_chart.Series[i].Name, Theme.Label, Theme.Width / 2);
            var width = Swatch + 4 + name.Width;
            if (x > 0 && x + width > Theme.Width)
                (x, row) = (0, row + 1);
            entries.Add((name, _colors[i], x, row));
            x += width + 16;
        }
        return entries;
    }

    private void PlacePlot(Page page, float top)
    {
        var ticks = _scale.Ticks().Select(value => (Value: value, Line: _text.Fit(Number(value), Theme.Small, 80))).ToArray();
        var left = Theme.Margin + ticks.Max(tick => tick.Line.Width) + 6;
        var plot = new SKRect(left, top, Theme.Right, top + PlotHeight);
        foreach (var (value, line) in ticks)
        {
            var y = YOf(value, plot);
            page.Line(left, y, Theme.Right, y, Theme.Hairline, 0.5f);
            page.Text(line, left - 6 - line.Width, y - (Theme.Small.LineHeight / 2), Theme.Muted);
        }
        var slot = plot.Width / _chart.Labels.Count;
        for (var i = 0; i < _chart.Labels.Count; i++)
            PlaceBars(page, plot, i, plot.Left + (i * slot), slot);
        var zero = YOf(0, plot);
        page.Line(left, zero, Theme.Right, zero, Theme.Muted, 0.7f);
        PlaceLabels(page, plot, slot);
    }

    private void PlaceBars(Page page, SKRect plot, int label, float left, float slot)
    {
        var width = Math.Min(slot * 0.68f, 42);
        left += (slot - width) / 2;
        var each = width / _chart.Series.Count;
        var (above, below) = (0d, 0d);
        for (var i = 0; i < _chart.Series.Count; i++)
        {
            var value = _chart.Series[i].Values[label];
            if (value == 0)
                continue;
            if (_chart.Bars == ReportBars.Clustered)
            {
                Bar(page, plot, left + (i * each), each * 0.92f, 0, value, _colors[i]);
                continue;
            }
            var start = value > 0 ? above : below;
            Bar(page, plot, left, width, start, start + value, _colors[i]);
            (above, below) = value > 0 ? (above + value, below) : (above, below + value);
        }
    }

    private void Bar(Page page, SKRect plot, float x, float width, double from, double to, SKColor color)
    {
        var (y1, y2) = (YOf(Math.Max(from, to), plot), YOf(Math.Min(from, to), plot));
        page.Box(new SKRect(x, y1, x + width, y2), color);
    }

    /// <summary>As many labels as stand side by side without touching: each, or every second, third, ...</summary>
    private void PlaceLabels(Page page, SKRect plot, float slot)
    {
        var lines = _chart.Labels.Select(label => _text.Fit(label, Theme.Small, Math.Max(slot - 4, 60))).ToArray();
        var every = Math.Max(1, (int)Math.Ceiling((lines.Max(line => line.Width) + 5) / slot));
        for (var i = 0; i < lines.Length; i += every)
        {
            var x = plot.Left + ((i + 0.5f) * slot) - (lines[i].Width / 2);
            x = Math.Clamp(x, Theme.Margin, Theme.Right - lines[i].Width);
            page.Text(lines[i], x, plot.Bottom + 4, Theme.Muted);
        }
    }

    private float YOf(double value, SKRect plot) =>
        plot.Bottom - (float)((value - _scale.Low) / (_scale.High - _scale.Low) * plot.Height);

    private static string Number(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);
}
