namespace Agency.Operations.Reports.Model;

/// <summary>A heading and what stands under it. A section without blocks says that there is nothing to report.</summary>
/// <param name="Heading">The section's heading.</param>
/// <param name="Blocks">Its content in reading order.</param>
public sealed record ReportSection(string Heading, IReadOnlyList<ReportBlock> Blocks)
{
    /// <summary>What a section without blocks shows, so that an empty heading never looks like a fault.</summary>
    public const string NothingToReport = "Nothing to report for this period.";

    /// <summary>A section from its blocks.</summary>
    public ReportSection(string heading, params ReportBlock[] blocks)
        : this(heading, (IReadOnlyList<ReportBlock>)blocks)
    {
    }
}
