namespace Agency.Operations.Reports.Model;

/// <summary>
/// One piece of a section: <see cref="ReportParagraph"/>, <see cref="ReportKpis"/>, <see cref="ReportTable"/> or
/// <see cref="ReportChart"/>. The set is closed: a renderer handles them all.
/// </summary>
public abstract record ReportBlock
{
    private protected ReportBlock()
    {
    }
}

/// <summary>Running text. A line break in the text is a line break on the page.</summary>
public sealed record ReportParagraph(string Text) : ReportBlock;

/// <summary>A group of figures shown side by side.</summary>
public sealed record ReportKpis(IReadOnlyList<ReportKpi> Items) : ReportBlock;

/// <summary>One figure.</summary>
/// <param name="Label">What is measured.</param>
/// <param name="Value">The figure, already worded, for example <c>98.2 %</c>.</param>
/// <param name="Note">How to read it, for example <c>54 of 55 runs</c>; may be absent.</param>
public sealed record ReportKpi(string Label, string Value, string? Note = null);
