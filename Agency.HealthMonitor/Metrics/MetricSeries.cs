using Agency.Data;
using Agency.Data.Kpis;
using Microsoft.EntityFrameworkCore;

namespace Agency.HealthMonitor.Metrics;

internal readonly record struct MetricPoint(DateTimeOffset At, double Value);

/// <summary>A metric's values in the order of time.</summary>
/// <param name="Note">What a reader must know of them; null when nothing.</param>
internal sealed record MetricSeries(string Metric, string? Unit, double? Min, double? Max, IReadOnlyList<MetricPoint> Points, string? Note)
{
    /// <summary>The newest values that are read at most.</summary>
    public const int MaxSamples = 20_000;

    /// <summary>
    /// A recorded metric's own values in the period, a built-in one's value of each of its days that has one. Values of the future are none.
    /// </summary>
    public static async Task<Result<MetricSeries>> ReadAsync(
        ClientSession session, string metric, Period period, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (BuiltInMetric.Find(metric) is { } builtIn)
        {
            if (builtIn.OfPeriod is not { } value)
            {
                return Error.Invalid($"'{metric}' is a present value without history. Record it with track_metric under a name of your own to follow it.");
            }

            var days = await KpiQueries.ByDayAsync(session.Context, session.Id, period, now, cancellationToken);
            var points = days.Where(d => d.From < now)
                .Select(d => (d.From, Value: value(new Figures(d.Scheduled, d.Manual, d.Sla, d.Work))))
                .Where(d => d.Value is not null)
                .Select(d => new MetricPoint(d.From, d.Value!.Value));
            return new MetricSeries(metric, builtIn.Unit, 0, builtIn.Max, [.. points], null);
        }

        var samples = session.Context.MetricSamples.AsNoTracking().Where(m => m.CompanyId == session.Id && m.Name == metric);
        var newest = await samples.Where(m => m.At >= period.From && m.At < period.To)
            .OrderByDescending(m => m.At).ThenByDescending(m => m.SampleId).Take(MaxSamples)
            .Select(m => new { m.At, m.Value, m.Unit })
            .ToListAsync(cancellationToken);
        if (newest.Count == 0 && !await samples.AnyAsync(cancellationToken))
        {
            return Error.NotFound($"No metric '{metric}' was ever recorded for this client. list_metrics shows which there are.");
        }

        newest.Reverse();
        return new MetricSeries(
            metric, newest.LastOrDefault(m => m.Unit is not null)?.Unit, null, null, [.. newest.Select(m => new MetricPoint(m.At, m.Value))],
            newest.Count == MaxSamples ? $"Only the newest {MaxSamples} values of the period were read." : null);
    }

    /// <summary>The mean of each calendar day that has values, dated by the day's first instant.</summary>
    public MetricSeries Daily(TimeZoneInfo zone) => this with
    {
        Points =
        [
            .. Points.GroupBy(p => LocalDays.Of(p.At, zone)).OrderBy(g => g.Key)
                .Select(g => new MetricPoint(LocalDays.Start(g.Key, zone), g.Average(p => p.Value))),
        ],
    };
}
