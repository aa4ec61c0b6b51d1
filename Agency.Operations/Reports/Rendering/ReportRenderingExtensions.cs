using Agency.Operations.Reports.Rendering.Markdown;
using Agency.Operations.Reports.Rendering.Pdf;

namespace Agency.Operations.Reports.Rendering;

/// <summary>Registers the report renderers.</summary>
public static class ReportRenderingExtensions
{
    /// <summary>Adds one <see cref="IReportRenderer"/> per <see cref="ReportFormat"/>, keyed by it.</summary>
    public static IServiceCollection AddReportRendering(this IServiceCollection services)
    {
        services.AddKeyedSingleton<IReportRenderer, PdfReportRenderer>(ReportFormat.Pdf);
        services.AddKeyedSingleton<IReportRenderer, MarkdownReportRenderer>(ReportFormat.Markdown);
        return services;
    }
}
