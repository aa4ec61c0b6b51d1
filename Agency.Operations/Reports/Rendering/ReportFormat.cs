namespace Agency.Operations.Reports.Rendering;

/// <summary>The formats a report can be had in; the key of its <see cref="IReportRenderer"/>.</summary>
public enum ReportFormat
{
    /// <summary>A4 pages.</summary>
    Pdf,

    /// <summary>GitHub-flavoured Markdown.</summary>
    Markdown,
}
