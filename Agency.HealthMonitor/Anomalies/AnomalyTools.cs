using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Agency.Data;
using Agency.Data.Kpis;
using Agency.HealthMonitor.Metrics;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.HealthMonitor.Anomalies;

/// <param name="Score">The modified z-score; negative below the median.</param>
internal sealed record Anomaly(DateTimeOffset At, double Value, double Score);

/// <param name="EnoughData">False: too few values to judge any of them.</param>
/// <param name="Message">The finding in a sentence.</param>
internal sealed record AnomalyFindings(
    CompanyId Client,
    string Metric,
    string? Unit,
    DateTimeOffset From,
    DateTimeOffset To,
    int Values,
    bool EnoughData,
    double? Median,
    double? Mad,
    double Threshold,
    IReadOnlyList<Anomaly> Anomalies,
    string Message);

/// <summary>Values that stand out.</summary>
[McpServerToolType]
internal sealed class AnomalyTools(ClientAccess clients, TimeProvider time)
{
    /// <summary>With fewer values the median and the deviations from it say little.</summary>
    private const int MinValues = 8;

    private const int MaxShown = 50;

    [McpServerTool(Name = "detect_anomalies", Title = "Detect anomalies", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description(
        "Finds values of a metric that stand out from the others of the period, the most extreme 50 first. Judged are the single values of a recorded metric, and of a built-in one its value for each calendar "
        + "day (today so far included). Method: modified z-score 0.6745 (x - median) / MAD, an anomaly beyond 3.5 either way (Iglewicz and Hoaglin 1993); when MAD is 0, (x - median) / (1.253314 mean absolute "
        + "deviation). It knows no season and no trend. Needs 8 values: with fewer enough_data is false and nothing is judged.")]
    public async Task<AnomalyFindings> DetectAnomaliesAsync(
        [Description(Instructions.Metric)][RegularExpression(MetricName.Pattern)] string metric,
        [Description(Instructions.Client)] string? client = null,
        [Description("The period whose values are compared, in calendar days of the client's time zone; without it last_30_days.")] NamedPeriod? period = null,
        CancellationToken cancellationToken = default)
    {
        await using var session = await clients.OpenAsync(client, cancellationToken);
        var now = time.GetUtcNow();
        var span = PeriodChoice.Named(period ?? NamedPeriod.Last30Days).Resolve(session.Zone, now);
        var series = await MetricSeries.ReadAsync(session, metric, span, now, cancellationToken).OrThrow();
        return Find(session.Id, series, span);
    }

    internal static AnomalyFindings Find(CompanyId client, MetricSeries series, Period span)
    {
        var count = series.Points.Count;
        if (count < MinValues)
        {
            return new AnomalyFindings(
                client, series.Metric, series.Unit, span.From, span.To, count, false, null, null, ModifiedZScore.Threshold, [],
                $"Too little data: {count} value(s) in the period, {MinValues} are needed. Ask for a longer period or again when more is recorded.");
        }

        var score = new ModifiedZScore([.. series.Points.Select(p => p.Value)]);
        var found = series.Points
            .Select(p => new Anomaly(p.At, p.Value, score.Of(p.Value)))
            .Where(a => Math.Abs(a.Score) > ModifiedZScore.Threshold)
            .OrderByDescending(a => Math.Abs(a.Score)).ThenBy(a => a.At)
            .ToArray();
        var message = string.Create(CultureInfo.InvariantCulture, $"{found.Length} of {count} values stand out.");
        return new AnomalyFindings(
            client, series.Metric, series.Unit, span.From, span.To, count, true, score.Median, score.Mad, ModifiedZScore.Threshold,
            [.. found.Take(MaxShown)], series.Note is null ? message : $"{message} {series.Note}");
    }
}
