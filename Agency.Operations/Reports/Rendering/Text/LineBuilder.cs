using Agency.Operations.Reports.Rendering.Fonts;

namespace Agency.Operations.Reports.Rendering.Text;

/// <summary>Puts shaped pieces side by side; neighbours of one font become one run, which keeps the file small.</summary>
internal sealed class LineBuilder(TextStyle style)
{
    private readonly List<GlyphRun> _runs = [];
    private readonly List<ushort> _glyphs = [];
    private readonly List<float> _x = [];
    private readonly List<float> _y = [];
    private readonly List<uint> _clusters = [];
    private readonly List<byte> _utf8 = [];
    private FontId _font;

    public float Width { get; private set; }

    public bool IsEmpty => Width == 0 && _glyphs.Count == 0 && _runs.Count == 0;

    public void Append(ShapedText text)
    {
        foreach (var run in text.Runs)
        {
            if (run.Font != _font)
                Flush();
            _font = run.Font;
            var start = (uint)_utf8.Count;
            for (var i = 0; i < run.Glyphs.Length; i++)
            {
                _glyphs.Add(run.Glyphs[i]);
                _x.Add(Width + (run.X[i] * style.Size));
                _y.Add(-run.Y[i] * style.Size);
                _clusters.Add(start + run.Clusters[i]);
            }
            _utf8.AddRange(run.Utf8);
            Width += run.Width * style.Size;
        }
    }

    public TextLine Take()
    {
        Flush();
        var line = new TextLine(_runs.ToArray(), Width, style);
        _runs.Clear();
        Width = 0;
        return line;
    }

    private void Flush()
    {
        if (_glyphs.Count > 0)
            _runs.Add(new GlyphRun(_font, [.. _glyphs], [.. _x], [.. _y], [.. _clusters], [.. _utf8]));
        _glyphs.Clear();
        _x.Clear();
        _y.Clear();
        _clusters.Clear();
        _utf8.Clear();
    }
}
