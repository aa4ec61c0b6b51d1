using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering.Text;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>
/// The report as A4 pages. Two passes: everything is laid out first, then drawn with the total of pages and font
/// subsets that only the whole document can give. The same document makes the same bytes.
/// </summary>
internal sealed class PdfReportRenderer : IReportRenderer
{
    public string ContentType => "application/pdf";

    public string FileExtension => ".pdf";

    public byte[] Render(ReportDocument document)
    {
        using var shaper = new TextShaper();
        var pages = new ReportLayout(new TextLayout(shaper)).Pages(document);
        using var writer = new PdfWriter(shaper.Uses);
        return writer.Write(pages, document.Cover);
    }
}
