namespace Agency.Operations.Reports;

/// <summary>Section <c>Reports</c>.</summary>
internal sealed class ReportOptions
{
    public const string Section = "Reports";

    /// <summary>Who the reports come from, as clients know the agency.</summary>
    public string AgencyName { get; set; } = "Agency";

    public static string? Fault(ReportOptions options) => options.AgencyName is { Length: > 0 and <= 200 } && !string.IsNullOrWhiteSpace(options.AgencyName)
        ? null
        : "Reports:AgencyName must be the agency's name, 1 to 200 characters. Correct Reports__AgencyName or leave it out.";
}
