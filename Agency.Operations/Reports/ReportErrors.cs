using Agency.Data;

namespace Agency.Operations.Reports;

/// <summary>What can go wrong with reports.</summary>
internal static class ReportErrors
{
    public static Error BadId() => Error.Invalid("report_id must be a UUID. Call list_reports to see the ids.");

    public static Error NoSuchReport(Guid id) => Error.NotFound($"There is no report '{id}' for you. Call list_reports to see the ids.");

    public static Error TooLarge(int bytes) => Error.Conflict(
        $"The report's PDF would be {bytes / 1024 / 1024} MB; at most 20 MB can be kept. Ask for a shorter period.");
}
