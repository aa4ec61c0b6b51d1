using Agency.Operations.Reports.Rendering.Text;
using SkiaSharp;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>Lines of text that may run over pages, but never leave one line alone where there are more.</summary>
internal sealed class ParagraphLayout(IReadOnlyList<TextLine> lines, TextStyle style, SKColor color) : IBlockLayout
{
    public float FirstPartHeight => Math.Min(lines.Count, 2) * style.LineHeight;

    public void Place(PageFlow flow)
    {
        flow.Require(FirstPartHeight);
        for (var i = 0; i < lines.Count; i++)
        {
            // The last two lines stay together.
            flow.Require(style.LineHeight * (i == lines.Count - 2 && i > 0 ? 2 : 1));
            flow.Page.Text(lines[i], Theme.Margin, flow.Y, color);
            flow.Advance(style.LineHeight);
        }
    }
}
