using Agency.Data;

namespace Agency.Scheduler.Planning;

/// <summary>A stretch of time in which work was held, of one company or (null) of all. It ends before <paramref name="Until"/>.</summary>
internal sealed record HoldPeriod(CompanyId? CompanyId, DateTimeOffset From, DateTimeOffset Until)
{
    public bool Covers(CompanyId company, DateTimeOffset instant) => (CompanyId is null || CompanyId == company) && instant >= From && instant < Until;
}
