using System.Globalization;

namespace Agency.Operations.Reports.Model;

/// <summary>The block that opens a report.</summary>
/// <param name="ClientName">The client's name as the client writes it, in any script.</param>
/// <param name="Title">For example <c>Weekly report</c>.</param>
/// <param name="Period">The period covered, already worded, for example <c>16 to 22 November 2026</c>.</param>
/// <param name="GeneratedAt">When the report was made, with the offset to show it in. Also the file's creation date.</param>
/// <param name="AgencyName">The agency that sends the report.</param>
public sealed record ReportCover(string ClientName, string Title, string Period, DateTimeOffset GeneratedAt, string AgencyName)
{
    /// <summary><see cref="GeneratedAt"/> as readers see it: <c>23 November 2026, 09:30 UTC+02:00</c>.</summary>
    public string GeneratedText =>
        GeneratedAt.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture)
        + (GeneratedAt.Offset == TimeSpan.Zero ? "" : GeneratedAt.ToString("zzz", CultureInfo.InvariantCulture));
}
