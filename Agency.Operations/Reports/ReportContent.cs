namespace Agency.Operations.Reports;

/// <summary>What of a report is answered beside what it is and where it lies.</summary>
internal enum ReportContent
{
    /// <summary>A part of its text.</summary>
    Markdown,

    /// <summary>Nothing more: the PDF is fetched from its link.</summary>
    Pdf,
}
