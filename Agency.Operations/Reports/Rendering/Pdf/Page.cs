using Agency.Operations.Reports.Rendering.Text;
using SkiaSharp;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>
/// One recorded page. Drawing waits until all pages are laid out: only then are the total of pages and the glyphs known.
/// </summary>
internal sealed class Page
{
    private readonly List<PageMark> _marks = [];

    public IReadOnlyList<PageMark> Marks => _marks;

    public void Text(TextLine line, float x, float top, SKColor color) =>
        _marks.Add(new TextMark(line, new SKPoint(x, top + line.Style.Baseline), color));

    public void Box(SKRect area, SKColor color, float radius = 0) => _marks.Add(new BoxMark(area, color, radius));

    public void Line(float x1, float y1, float x2, float y2, SKColor color, float width = 0.6f) =>
        _marks.Add(new LineMark(new SKPoint(x1, y1), new SKPoint(x2, y2), color, width));
}

/// <summary>Something on a page.</summary>
internal abstract record PageMark(SKColor Color);

internal sealed record TextMark(TextLine Line, SKPoint Origin, SKColor Color) : PageMark(Color);

internal sealed record BoxMark(SKRect Area, SKColor Color, float Radius) : PageMark(Color);

internal sealed record LineMark(SKPoint From, SKPoint To, SKColor Color, float Width) : PageMark(Color);
