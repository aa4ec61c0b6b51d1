namespace Agency.Operations.Reports.Model;

/// <summary>A report as content only: what it says, in order. Renderers decide how it looks.</summary>
/// <param name="Cover">Who the report is for, what it covers and when it was made.</param>
/// <param name="Sections">The sections in reading order.</param>
public sealed record ReportDocument(ReportCover Cover, IReadOnlyList<ReportSection> Sections);
