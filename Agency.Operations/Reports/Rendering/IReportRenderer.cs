using Agency.Operations.Reports.Model;

namespace Agency.Operations.Reports.Rendering;

/// <summary>
/// The seam between a report's content and a file format. Implementations are thread-safe and keep nothing of a document.
/// Resolve one with <c>[FromKeyedServices(ReportFormat.Pdf)]</c>.
/// </summary>
public interface IReportRenderer
{
    /// <summary>The MIME type of what <see cref="Render"/> returns.</summary>
    string ContentType { get; }

    /// <summary>The file name's extension, with its dot.</summary>
    string FileExtension { get; }

    /// <summary>The document as a whole file.</summary>
    byte[] Render(ReportDocument document);
}
