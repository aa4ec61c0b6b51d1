using Agency.Operations.Reports.Rendering.Fonts;

namespace Agency.Operations.Reports.Rendering.Text;

/// <summary>A piece of text as glyphs; all lengths are in ems.</summary>
internal sealed record ShapedText(IReadOnlyList<ShapedRun> Runs, float Width);

/// <summary>Glyphs of one font.</summary>
/// <param name="Font">The full font that the glyph numbers belong to.</param>
/// <param name="Glyphs">Glyph numbers from left to right.</param>
/// <param name="X">Each glyph's place from the run's start.</param>
/// <param name="Y">Each glyph's place above the baseline.</param>
/// <param name="Clusters">For each glyph the byte in <paramref name="Utf8"/> where its characters start.</param>
/// <param name="Utf8">The text the glyphs stand for.</param>
/// <param name="Width">The run's advance.</param>
internal sealed record ShapedRun(FontId Font, ushort[] Glyphs, float[] X, float[] Y, uint[] Clusters, byte[] Utf8, float Width);
