using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data;
using Agency.Data.Metrics;
using Agency.ServiceDefaults.Mcp;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol.Server;

namespace Agency.HealthMonitor.Metrics;

internal sealed record TrackedSample(CompanyId Client, string Name, double Value, string? Unit, DateTimeOffset At);

/// <param name="BuiltIn">False: recorded with track_metric.</param>
/// <param name="Samples">Values recorded so far; null for a built-in metric.</param>
internal sealed record MetricInfo(string Name, bool BuiltIn, string? Unit, string? Description, long? Samples, DateTimeOffset? LatestAt);

internal sealed record MetricList(CompanyId Client, IReadOnlyList<MetricInfo> Items);

/// <summary>A client's own metrics.</summary>
[McpServerToolType]
internal sealed class MetricTools(ClientAccess clients, TimeProvider time)
{
    /// <summary>A client's clock may run ahead of ours by as much.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    [McpServerTool(Name = "track_metric", Title = "Record a metric", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description(
        "Records one value of a client's own metric, such as leads_generated or tickets_open. The first value makes the metric; a client may have up to 200. "
        + "Each call adds a value: do not repeat a call that succeeded. Names of built-in metrics are taken.")]
    public async Task<TrackedSample> TrackMetricAsync(
        [Description("The metric: " + MetricName.Rule + ".")][RegularExpression(MetricName.Pattern)] string name,
        [Description("The value: a finite number from -1e15 to 1e15.")] double value,
        [Description(Instructions.Client)] string? client = null,
        [Description("Unit of the value, such as EUR, minutes or leads; at most 30 characters.")][StringLength(30, MinimumLength = 1)] string? unit = null,
        [Description("When it was measured, with offset; now when left out. Not in the future.")] DateTimeOffset? at = null,
        CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var sampledAt = TrackMetric.Check(name, value, at, now, ClockTolerance).OrThrow();
        await using var session = await clients.OpenAsync(client, cancellationToken);
        (await TrackMetric.RoomForAsync(session.Context, session.Id, name, cancellationToken)).OrThrow();
        session.Context.MetricSamples.Add(new MetricSample { CompanyId = session.Id, Name = name, At = sampledAt, Value = value, Unit = unit });
        await session.Context.SaveChangesAsync(cancellationToken);
        return new TrackedSample(session.Id, name, value, unit, sampledAt);
    }

    [McpServerTool(Name = "list_metrics", Title = "List metrics", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("The metrics of a client that alerts, anomalies and forecasts can name: built-in ones with their definition, then the client's own by name.")]
    public async Task<MetricList> ListMetricsAsync([Description(Instructions.Client)] string? client = null, CancellationToken cancellationToken = default)
    {
        await using var session = await clients.OpenAsync(client, cancellationToken);
        var own = await session.Context.MetricSamples
            .Where(m => m.CompanyId == session.Id)
            .GroupBy(m => m.Name)
            .Select(g => new { Name = g.Key, Count = g.LongCount(), Latest = g.Max(m => m.At), Unit = g.Max(m => m.Unit) })
            .OrderBy(g => g.Name)
            .ToListAsync(cancellationToken);
        return new MetricList(session.Id,
        [
            .. BuiltInMetric.All.Select(m => new MetricInfo(m.Name, true, m.Unit, m.Description, null, null)),
            .. own.Select(m => new MetricInfo(m.Name, false, m.Unit, null, m.Count, m.Latest)),
        ]);
    }
}
