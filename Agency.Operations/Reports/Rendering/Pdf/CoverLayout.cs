using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering.Text;
using SkiaSharp;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>The block at the top of the first page.</summary>
internal sealed class CoverLayout(ReportCover cover, TextLayout text)
{
    public void Place(PageFlow flow)
    {
        flow.Page.Box(SKRect.Create(0, 0, Theme.PageWidth, 7), Theme.Accent);
        Lines(flow, cover.AgencyName, Theme.Caption, Theme.Accent);
        flow.Advance(16);
        Lines(flow, cover.Title, Theme.Title, Theme.Ink);
        flow.Advance(3);
        Lines(flow, cover.ClientName, Theme.Client, Theme.Ink);
        flow.Advance(12);
        Fact(flow, "Period", cover.Period);
        Fact(flow, "Generated", cover.GeneratedText);
        flow.Advance(12);
        flow.Page.Line(Theme.Margin, flow.Y, Theme.Right, flow.Y, Theme.Hairline);
    }

    private void Lines(PageFlow flow, string content, TextStyle style, SKColor color)
    {
        foreach (var line in text.Wrap(content, style, Theme.Width))
        {
            flow.Require(style.LineHeight);
            flow.Page.Text(line, Theme.Margin, flow.Y, color);
            flow.Advance(style.LineHeight);
        }
    }

    private void Fact(PageFlow flow, string label, string value)
    {
        const float Indent = 62;
        var lines = text.Wrap(value, Theme.Cell, Theme.Width - Indent);
        flow.Require(Theme.Cell.LineHeight);
        flow.Page.Text(text.Fit(label, Theme.Cell, Indent), Theme.Margin, flow.Y, Theme.Muted);
        foreach (var line in lines)
        {
            flow.Require(Theme.Cell.LineHeight);
            flow.Page.Text(line, Theme.Margin + Indent, flow.Y, Theme.Ink);
            flow.Advance(Theme.Cell.LineHeight);
        }
        flow.Advance(1.5f);
    }
}
