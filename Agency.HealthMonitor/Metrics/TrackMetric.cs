using Agency.Data;
using Microsoft.EntityFrameworkCore;

namespace Agency.HealthMonitor.Metrics;

/// <summary>The rules of recording a value.</summary>
internal static class TrackMetric
{
    public const int MaxMetrics = 200;

    /// <summary>Sums and squares of so large values are still finite.</summary>
    public const double MaxValue = 1e15;

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The instant to record, in UTC.</summary>
    public static Result<DateTimeOffset> Check(string name, double value, DateTimeOffset? at, DateTimeOffset now, TimeSpan tolerance)
    {
        if (!MetricName.IsValid(name))
        {
            return Error.Invalid($"name must be {MetricName.Rule}.");
        }

        if (BuiltInMetric.Find(name) is not null)
        {
            return Error.Invalid($"'{name}' is measured by the agency itself: choose another name. list_metrics shows which are taken.");
        }

        if (!(Math.Abs(value) <= MaxValue))
        {
            return Error.Invalid("value must be a finite number from -1e15 to 1e15: record it in a larger unit.");
        }

        var instant = (at ?? now).ToUniversalTime();
        return instant >= Earliest && instant <= now + tolerance
            ? instant
            : Error.Invalid("at must lie between the year 2000 and now: a metric records what was measured.");
    }

    /// <summary>A client cannot make metrics without limit.</summary>
    public static async Task<Result<bool>> RoomForAsync(AgencyDbContext context, CompanyId company, string name, CancellationToken cancellationToken)
    {
        var samples = context.MetricSamples.Where(m => m.CompanyId == company);
        if (await samples.AnyAsync(m => m.Name == name, cancellationToken)
            || await samples.Select(m => m.Name).Distinct().CountAsync(cancellationToken) < MaxMetrics)
        {
            return true;
        }

        return Error.Conflict($"This client has {MaxMetrics} metrics already, the most it may have: record under one of them. list_metrics shows them.");
    }
}
