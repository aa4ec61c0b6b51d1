namespace Agency.Operations.Reports.Rendering.Text;

/// <summary>Breaks text into lines.</summary>
internal sealed class TextLayout(TextShaper shaper)
{
    private const string Ellipsis = "…";

    /// <summary>The text in lines no wider than <paramref name="width"/>; at least one line, empty for empty text.</summary>
    public IReadOnlyList<TextLine> Wrap(string text, TextStyle style, float width)
    {
        var lines = new List<TextLine>();
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
            WrapParagraph(paragraph, style, width, lines);
        return lines;
    }

    /// <summary>The text on one line, cut with an ellipsis where it is wider than <paramref name="width"/>.</summary>
    public TextLine Fit(string text, TextStyle style, float width)
    {
        text = text.ReplaceLineEndings(" ");
        var whole = Wrap(text, style, float.PositiveInfinity)[0];
        if (whole.Width <= width)
            return whole;
        var ellipsis = shaper.Shape(Ellipsis, style.Weight);
        var cut = Wrap(text, style, Math.Max(0, width - (ellipsis.Width * style.Size)))[0];
        return new TextLine([.. cut.Runs, .. Join(ellipsis, style, cut.Width)], cut.Width + (ellipsis.Width * style.Size), style);
    }

    /// <summary>The width of the widest segment and of the text without any break.</summary>
    public (float Narrowest, float Widest) Measure(string text, TextStyle style)
    {
        var (narrowest, widest) = (0f, 0f);
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var line = 0f;
            foreach (var segment in Segments.Of(paragraph))
            {
                var width = shaper.Shape(segment.Text, style.Weight).Width * style.Size;
                narrowest = Math.Max(narrowest, width);
                line += width + (segment.SpaceAfter ? shaper.Shape(" ", style.Weight).Width * style.Size : 0);
            }
            widest = Math.Max(widest, line);
        }
        return (narrowest, widest);
    }

    private static IReadOnlyList<GlyphRun> Join(ShapedText text, TextStyle style, float x)
    {
        var line = new LineBuilder(style);
        line.Append(text);
        return [.. line.Take().Runs.Select(run => run with { X = [.. run.X.Select(place => place + x)] })];
    }

    private void WrapParagraph(string paragraph, TextStyle style, float width, List<TextLine> lines)
    {
        var line = new LineBuilder(style);
        var space = shaper.Shape(" ", style.Weight);
        var spaceBefore = false;
        foreach (var segment in Segments.Of(paragraph))
        {
            var shaped = shaper.Shape(segment.Text, style.Weight);
            var gap = spaceBefore ? space.Width * style.Size : 0;
            if (!line.IsEmpty && line.Width + gap + (shaped.Width * style.Size) > width)
            {
                lines.Add(line.Take());
                spaceBefore = false;
            }
            if (spaceBefore)
                line.Append(space);
            if (shaped.Width * style.Size > width)
                BreakAnywhere(segment.Text, style, width, line, lines);
            else
                line.Append(shaped);
            spaceBefore = segment.SpaceAfter;
        }
        lines.Add(line.Take());
    }

    /// <summary>A segment wider than the line: as many graphemes on each line as fit, but never none.</summary>
    private void BreakAnywhere(string text, TextStyle style, float width, LineBuilder line, List<TextLine> lines)
    {
        var (piece, pieceWidth) = (new System.Text.StringBuilder(), 0f);
        foreach (var (grapheme, _, _) in Segments.Graphemes(text))
        {
            var graphemeWidth = shaper.Shape(grapheme, style.Weight).Width * style.Size;
            if (piece.Length > 0 && pieceWidth + graphemeWidth > width)
            {
                line.Append(shaper.Shape(piece.ToString(), style.Weight));
                lines.Add(line.Take());
                (piece, pieceWidth) = (piece.Clear(), 0);
            }
            piece.Append(grapheme);
            pieceWidth += graphemeWidth;
        }
        line.Append(shaper.Shape(piece.ToString(), style.Weight));
    }
}
