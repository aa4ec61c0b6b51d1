using Agency.Data;
using Agency.Operations.Reports.Rendering;

namespace Agency.Operations.Reports.Downloads;

/// <summary>One of the two files of a report.</summary>
internal sealed record ReportFile(CompanyId Company, Guid Report, ReportFormat Format)
{
    private const string PdfExtension = ".pdf";
    private const string MarkdownExtension = ".md";

    /// <summary>Its path below the server's public address.</summary>
    public string Path => $"/reports/{Company}/{Report:D}{Extension}";

    public string Extension => Format is ReportFormat.Pdf ? PdfExtension : MarkdownExtension;

    public static ReportFile Pdf(CompanyId company, Guid report) => new(company, report, ReportFormat.Pdf);

    public static ReportFile Markdown(CompanyId company, Guid report) => new(company, report, ReportFormat.Markdown);

    /// <summary>Null when the parts of a path name no file.</summary>
    public static ReportFile? Parse(string company, string name)
    {
        ReportFormat? format = name.EndsWith(PdfExtension, StringComparison.Ordinal) ? ReportFormat.Pdf
            : name.EndsWith(MarkdownExtension, StringComparison.Ordinal) ? ReportFormat.Markdown
            : null;
        return format is { } known && CompanyId.TryParse(company, out var id) && Guid.TryParseExact(System.IO.Path.GetFileNameWithoutExtension(name), "D", out var report)
            ? new ReportFile(id, report, known)
            : null;
    }

    /// <summary>
    /// What the file is called on the reader's disk: the report's title without what file systems and headers cannot bear, letters of any script kept.
    /// </summary>
    public string NameFor(string title)
    {
        const int Longest = 120;
        var name = string.Concat(title.EnumerateRunes()
            .Select(rune => System.Text.Rune.IsControl(rune) || System.Text.Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format
                || "\\/:*?\"<>|%".Contains(rune.ToString(), StringComparison.Ordinal) ? "-" : rune.ToString())
            .Take(Longest)).Trim(' ', '.', '-');
        return (name.Length == 0 ? "report" : name) + Extension;
    }
}
