namespace Agency.Operations.Reports.Rendering.Text;

/// <summary>What a document uses of one font. Sorted, so that the same document makes the same bytes.</summary>
internal sealed class FontUse
{
    private readonly SortedSet<ushort> _glyphs = [];
    private readonly SortedSet<int> _characters = [];

    public IReadOnlyCollection<ushort> Glyphs => _glyphs;

    public IReadOnlyCollection<int> Characters => _characters;

    public void Add(ReadOnlySpan<ushort> glyphs, string text)
    {
        foreach (var glyph in glyphs)
            _glyphs.Add(glyph);
        foreach (var rune in text.EnumerateRunes())
            _characters.Add(rune.Value);
    }
}
