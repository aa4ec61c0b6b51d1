using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data;
using Agency.Data.Kpis;
using Agency.HealthMonitor.Metrics;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.HealthMonitor.Forecasts;

/// <param name="Low">Lower end of the 95 % prediction interval.</param>
/// <param name="High">Upper end of it.</param>
internal sealed record PredictedDay(DateOnly Date, double Value, double Low, double High);

/// <param name="Days">Days of the past that have a value.</param>
/// <param name="EnoughData">False: too few days, nothing is predicted.</param>
/// <param name="SlopePerDay">The trend.</param>
internal sealed record Forecast(
    CompanyId Client,
    string Metric,
    string? Unit,
    DateTimeOffset From,
    DateTimeOffset To,
    int Days,
    bool EnoughData,
    double? SlopePerDay,
    IReadOnlyList<PredictedDay> Predictions,
    string Message);

/// <summary>Where a metric is heading.</summary>
[McpServerToolType]
internal sealed class ForecastTools(ClientAccess clients, TimeProvider time)
{
    [McpServerTool(Name = "predict_metrics", Title = "Predict a metric", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description(
        "Continues a metric's daily values of the past (complete calendar days in the client's time zone; the mean of a day's values of a recorded metric, a built-in one's value for the day; days without a value are left out) "
        + "along a straight line, from today on. Method: ordinary least squares with the 95 % prediction interval y ± t s sqrt(1 + 1/n + (x - mean x)²/Sxx) (Hyndman and Athanasopoulos, Forecasting: Principles and "
        + "Practice, 7.6). Predictions of built-in metrics are kept within what is possible, such as 0 to 1. It assumes that the trend goes on, knows no season, and is less certain the further it looks. "
        + "Needs 10 days with values: with fewer enough_data is false and nothing is predicted.")]
    public async Task<Forecast> PredictMetricsAsync(
        [Description(Instructions.Metric)][RegularExpression(MetricName.Pattern)] string metric,
        [Description(Instructions.Client)] string? client = null,
        [Description("How many days to predict, today the first.")][Range(1, 90)] int horizon = 7,
        [Description("How many days of the past to look at.")][Range(10, 365)] int historyDays = 60,
        CancellationToken cancellationToken = default)
    {
        await using var session = await clients.OpenAsync(client, cancellationToken);
        var now = time.GetUtcNow();
        var today = LocalDays.Of(now, session.Zone);
        var past = new Period(LocalDays.Start(today.AddDays(-historyDays), session.Zone), LocalDays.Start(today, session.Zone), session.Zone);
        var series = await MetricSeries.ReadAsync(session, metric, past, now, cancellationToken).OrThrow();
        return Predict(session.Id, series.Daily(session.Zone), past, horizon);
    }

    internal static Forecast Predict(CompanyId client, MetricSeries daily, Period past, int horizon)
    {
        var days = daily.Points.Count;
        var today = LocalDays.Of(past.To, past.Zone);
        if (days < LinearTrend.MinPoints)
        {
            return new Forecast(
                client, daily.Metric, daily.Unit, past.From, past.To, days, false, null, [],
                $"Too little data: {days} day(s) with values, {LinearTrend.MinPoints} are needed. Ask for a longer past or again when more is recorded.");
        }

        var trend = new LinearTrend([.. daily.Points.Select(p => ((double)(LocalDays.Of(p.At, past.Zone).DayNumber - today.DayNumber), p.Value))]);
        var predictions = Enumerable.Range(0, horizon).Select(x =>
        {
            var (value, margin) = (trend.At(x), trend.Margin(x));
            return new PredictedDay(today.AddDays(x), Possible(value, daily), Possible(value - margin, daily), Possible(value + margin, daily));
        });
        return new Forecast(
            client, daily.Metric, daily.Unit, past.From, past.To, days, true, trend.Slope, [.. predictions],
            $"A straight line through {days} days{(daily.Note is null ? "." : $". {daily.Note}")}");
    }

    private static double Possible(double value, MetricSeries series) => Math.Clamp(value, series.Min ?? double.MinValue, series.Max ?? double.MaxValue);
}
