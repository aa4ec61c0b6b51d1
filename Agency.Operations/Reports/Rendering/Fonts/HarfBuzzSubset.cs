using System.Runtime.InteropServices;

namespace Agency.Operations.Reports.Rendering.Fonts;

/// <summary>
/// HarfBuzz's subsetting API. libHarfBuzzSharp exports it on every platform; HarfBuzzSharp itself does not wrap it.
/// </summary>
internal static partial class HarfBuzzSubset
{
    /// <summary>HB_SUBSET_FLAGS_NO_HINTING.</summary>
    public const uint NoHinting = 0x1;

    /// <summary>HB_SUBSET_FLAGS_NOTDEF_OUTLINE: keep the box.</summary>
    public const uint NotdefOutline = 0x40;

    /// <summary>HB_SUBSET_FLAGS_NO_LAYOUT_CLOSURE: no glyphs that only further shaping could reach.</summary>
    public const uint NoLayoutClosure = 0x200;

    /// <summary>HB_MAP_VALUE_INVALID.</summary>
    public const uint MapValueInvalid = uint.MaxValue;

    private const string Library = "libHarfBuzzSharp";

    [LibraryImport(Library)]
    public static partial nint hb_subset_input_create_or_fail();

    [LibraryImport(Library)]
    public static partial void hb_subset_input_destroy(nint input);

    [LibraryImport(Library)]
    public static partial void hb_subset_input_set_flags(nint input, uint flags);

    [LibraryImport(Library)]
    public static partial nint hb_subset_input_glyph_set(nint input);

    [LibraryImport(Library)]
    public static partial nint hb_subset_input_unicode_set(nint input);

    [LibraryImport(Library)]
    public static partial nint hb_subset_plan_create_or_fail(nint face, nint input);

    [LibraryImport(Library)]
    public static partial nint hb_subset_plan_execute_or_fail(nint plan);

    [LibraryImport(Library)]
    public static partial nint hb_subset_plan_old_to_new_glyph_mapping(nint plan);

    [LibraryImport(Library)]
    public static partial void hb_subset_plan_destroy(nint plan);

    [LibraryImport(Library)]
    public static partial void hb_set_add(nint set, uint value);

    [LibraryImport(Library)]
    public static partial uint hb_map_get(nint map, uint key);

    [LibraryImport(Library)]
    public static partial nint hb_face_reference_blob(nint face);

    [LibraryImport(Library)]
    public static partial void hb_face_destroy(nint face);

    [LibraryImport(Library)]
    public static partial nint hb_blob_get_data(nint blob, out uint length);

    [LibraryImport(Library)]
    public static partial void hb_blob_destroy(nint blob);
}
