using System.Text.Json;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Protocol;

namespace Agency.Operations.Reports;

/// <summary>A report as a tool's answer: structured, the same as text, and its files as resource links for clients that show those.</summary>
internal static class ReportAnswer
{
    public static CallToolResult Of(ReportView report)
    {
        var json = JsonSerializer.SerializeToElement(report, AgencyJson.Options);
        return new CallToolResult
        {
            StructuredContent = json,
            Content =
            [
                new TextContentBlock { Text = JsonSerializer.Serialize(report, AgencyJson.Options) },
                Link(report, "PDF", report.PdfUrl, "application/pdf"),
                Link(report, "Markdown", report.MarkdownUrl, "text/markdown"),
            ],
        };
    }

    /// <summary>Named by its id: the title holds the client's name, which is the client's to choose.</summary>
    private static ResourceLinkBlock Link(ReportView report, string format, string url, string mimeType) =>
        new() { Name = $"Report {report.ReportId} of {report.Client} ({format})", Uri = url, MimeType = mimeType };
}
