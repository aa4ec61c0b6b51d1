using Agency.Data.Companies;

namespace Agency.Data.Kpis;

/// <summary>What the computation needs of a company.</summary>
internal sealed record KpiCompany(
    CompanyId CompanyId, string Name, CompanyStatus Status, string TimeZone, DateTimeOffset CreatedAt, DateTimeOffset? ArchivedAt, CompanyTerms? Terms)
{
    /// <summary>UTC should a zone have been recorded that this machine does not know.</summary>
    public TimeZoneInfo Zone => Workflows.Schedule.FindZone(TimeZone) is { IsSuccess: true } found ? found.Value : TimeZoneInfo.Utc;
}
