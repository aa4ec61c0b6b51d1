using Agency.Operations.Reports.Rendering.Fonts;

namespace Agency.Operations.Reports.Rendering.Text;

/// <summary>One line, ready to be drawn: glyph places are in points from the line's left end and baseline.</summary>
internal sealed record TextLine(IReadOnlyList<GlyphRun> Runs, float Width, TextStyle Style);

/// <summary>Glyphs of one font in a line; see <see cref="ShapedRun"/>.</summary>
internal sealed record GlyphRun(FontId Font, ushort[] Glyphs, float[] X, float[] Y, uint[] Clusters, byte[] Utf8);
