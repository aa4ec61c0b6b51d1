using static Agency.Operations.Reports.Rendering.Fonts.HarfBuzzSubset;

namespace Agency.Operations.Reports.Rendering.Fonts;

/// <summary>A font that holds only the glyphs of one document, with the map from the full font's glyph numbers.</summary>
/// <param name="Bytes">The font file.</param>
/// <param name="Glyphs">Old glyph number to new; a glyph that is missing is the box, number 0.</param>
internal sealed record FontSubset(byte[] Bytes, IReadOnlyDictionary<ushort, ushort> Glyphs)
{
    public static FontSubset Create(FontId id, IEnumerable<ushort> glyphs, IEnumerable<int> characters)
    {
        var used = glyphs.ToArray();
        var source = FontFace.Get(id).Face;
        using var input = Guard(hb_subset_input_create_or_fail(), static handle => hb_subset_input_destroy(handle));
        hb_subset_input_set_flags(input.Value, NoHinting | NotdefOutline | NoLayoutClosure);
        var glyphSet = hb_subset_input_glyph_set(input.Value);
        foreach (var glyph in used)
            hb_set_add(glyphSet, glyph);
        var characterSet = hb_subset_input_unicode_set(input.Value);
        foreach (var character in characters)
            hb_set_add(characterSet, (uint)character);

        using var plan = Guard(hb_subset_plan_create_or_fail(source.Handle, input.Value), static handle => hb_subset_plan_destroy(handle));
        using var face = Guard(hb_subset_plan_execute_or_fail(plan.Value), static handle => hb_face_destroy(handle));
        var mapping = hb_subset_plan_old_to_new_glyph_mapping(plan.Value);
        var numbers = used.ToDictionary(glyph => glyph, glyph => NewNumber(mapping, glyph));
        GC.KeepAlive(source);
        return new FontSubset(FileOf(face.Value), numbers);
    }

    private static ushort NewNumber(nint mapping, ushort glyph)
    {
        var number = hb_map_get(mapping, glyph);
        return number == MapValueInvalid ? (ushort)0 : (ushort)number;
    }

    private static unsafe byte[] FileOf(nint face)
    {
        using var blob = Guard(hb_face_reference_blob(face), static handle => hb_blob_destroy(handle));
        var data = hb_blob_get_data(blob.Value, out var length);
        return new ReadOnlySpan<byte>((void*)data, checked((int)length)).ToArray();
    }

    private static Owned Guard(nint handle, Action<nint> release) =>
        handle == 0 ? throw new InvalidOperationException("HarfBuzz could not make a font subset.") : new Owned(handle, release);

    private sealed class Owned(nint value, Action<nint> release) : IDisposable
    {
        public nint Value => value;

        public void Dispose() => release(value);
    }
}
