using Agency.Data;
using Agency.Data.Workflows;

namespace Agency.Operations.Reports;

/// <summary>The time zones in which clients read their reports.</summary>
internal static class ReportZones
{
    /// <summary>UTC should a zone have been recorded that this machine does not know: as the key figures take it.</summary>
    public static TimeZoneInfo Of(string timeZone) => Schedule.FindZone(timeZone) is { IsSuccess: true } found ? found.Value : TimeZoneInfo.Utc;

    public static async Task<Result<TimeZoneInfo>> FindAsync(AgencyDbContext context, CompanyId company, CancellationToken cancellationToken) =>
        (await context.FindCompanyAsync(company, cancellationToken)).Map(found => Of(found.TimeZone));
}
