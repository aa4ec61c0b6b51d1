using System.Globalization;
using System.Text;
using Agency.Operations.Reports.Rendering.Fonts;
using HbBuffer = HarfBuzzSharp.Buffer;

namespace Agency.Operations.Reports.Rendering.Text;

/// <summary>
/// Turns text into glyphs, choosing a font for each grapheme, and remembers what the document used. One instance per
/// document: words recur, so shaping is cached, and the record of glyphs becomes the document's font subsets.
/// </summary>
internal sealed class TextShaper : IDisposable
{
    private static readonly HarfBuzzSharp.Language English = new("en");

    // Not every reader of PDFs knows which letters a ligature stands for: "fi" must be found as two.
    private static readonly HarfBuzzSharp.Feature[] NoLigatures = [new(HarfBuzzSharp.Tag.Parse("liga"), 0), new(HarfBuzzSharp.Tag.Parse("clig"), 0)];

    private readonly HbBuffer _buffer = new();
    private readonly Dictionary<(string Text, FontWeight Weight), ShapedText> _shaped = [];
    private readonly Dictionary<FontId, FontUse> _uses = [];

    public IReadOnlyDictionary<FontId, FontUse> Uses => _uses;

    public ShapedText Shape(string text, FontWeight weight)
    {
        if (_shaped.TryGetValue((text, weight), out var known))
            return known;
        var runs = new List<ShapedRun>();
        var start = 0;
        while (start < text.Length)
        {
            var font = FontOf(Grapheme(text, start), weight);
            var end = start;
            do
            {
                end += Grapheme(text, end).Length;
            }
            while (end < text.Length && FontOf(Grapheme(text, end), weight) == font);
            runs.Add(ShapeRun(text[start..end], font));
            start = end;
        }
        return _shaped[(text, weight)] = new ShapedText(runs, runs.Sum(run => run.Width));
    }

    public void Dispose() => _buffer.Dispose();

    private static ReadOnlySpan<char> Grapheme(string text, int start) =>
        text.AsSpan(start, StringInfo.GetNextTextElementLength(text.AsSpan(start)));

    /// <summary>The first font that has the whole grapheme; where none has, the first, which shows its box.</summary>
    private static FontId FontOf(ReadOnlySpan<char> grapheme, FontWeight weight)
    {
        var first = weight == FontWeight.SemiBold ? FontId.SansSemiBold : FontId.Sans;
        if (HasAll(first, grapheme))
            return first;
        return HasAll(FontId.Cjk, grapheme) ? FontId.Cjk : first;
    }

    private static bool HasAll(FontId font, ReadOnlySpan<char> grapheme)
    {
        var face = FontFace.Get(font);
        foreach (var rune in grapheme.EnumerateRunes())
        {
            if (!IsInvisible(rune) && !face.Has(rune))
                return false;
        }
        return true;
    }

    /// <summary>Joiners and variation selectors: shaping hides them whether the font knows them or not.</summary>
    private static bool IsInvisible(Rune rune) => rune.Value is (>= 0x200B and <= 0x200F) or 0x2060 or (>= 0xFE00 and <= 0xFE0F)
        or 0xFEFF or (>= 0xE0100 and <= 0xE01EF);

    private ShapedRun ShapeRun(string text, FontId font)
    {
        var face = FontFace.Get(font);
        var utf8 = Encoding.UTF8.GetBytes(text);
        _buffer.ClearContents();
        _buffer.AddUtf8(utf8);
        _buffer.GuessSegmentProperties();
        // No embedded font has a right-to-left script: their boxes keep the order of the text.
        _buffer.Direction = HarfBuzzSharp.Direction.LeftToRight;
        _buffer.Language = English;
        face.Font.Shape(_buffer, NoLigatures);

        var infos = _buffer.GetGlyphInfoSpan();
        var positions = _buffer.GetGlyphPositionSpan();
        float em = face.Face.UnitsPerEm;
        var (glyphs, clusters) = (new ushort[infos.Length], new uint[infos.Length]);
        var (x, y) = (new float[infos.Length], new float[infos.Length]);
        var pen = 0f;
        for (var i = 0; i < infos.Length; i++)
        {
            glyphs[i] = (ushort)infos[i].Codepoint;
            clusters[i] = infos[i].Cluster;
            x[i] = pen + (positions[i].XOffset / em);
            y[i] = positions[i].YOffset / em;
            pen += positions[i].XAdvance / em;
        }
        if (!_uses.TryGetValue(font, out var use))
            _uses[font] = use = new FontUse();
        use.Add(glyphs, text);
        return new ShapedRun(font, glyphs, x, y, clusters, utf8, pen);
    }
}
