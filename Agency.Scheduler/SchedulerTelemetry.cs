using System.Diagnostics;
using System.Diagnostics.Metrics;
using Agency.Scheduler.Settling;

namespace Agency.Scheduler;

/// <summary>The service's one activity source and one meter.</summary>
internal sealed class SchedulerTelemetry : IDisposable
{
    private const string Name = "Agency.Scheduler";

    public const string StartDelayName = "agency.runs.start_delay";

    public static readonly ActivitySource Source = new(Name);

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _planned;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _started;
    private readonly Histogram<double> _startDelay;
    private readonly Counter<long> _finished;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _toolCalls;
    private long _queueDepth;

    public SchedulerTelemetry()
    {
        _planned = _meter.CreateCounter<long>("agency.runs.planned", "{run}", "Occurrences queued by the planner.");
        _skipped = _meter.CreateCounter<long>("agency.runs.skipped", "{run}", "Occurrences recorded as skipped.");
        _started = _meter.CreateCounter<long>("agency.runs.started", "{attempt}", "Attempts begun.");
        _startDelay = _meter.CreateHistogram<double>(
            StartDelayName, "s", "From when an occurrence was due until its worker began, first attempts.");
        _finished = _meter.CreateCounter<long>("agency.runs.finished", "{run}", "Runs that ended, by status.");
        _retried = _meter.CreateCounter<long>("agency.runs.retried", "{attempt}", "Attempts that failed and are followed by another.");
        _toolCalls = _meter.CreateCounter<long>("agency.gateway.tool_calls", "{call}", "Tool calls forwarded, by server.");
        _meter.CreateObservableGauge(
            "agency.queue.depth", () => Interlocked.Read(ref _queueDepth), "{run}", "Runs that could start now and wait for a worker.");
    }

    public void Planned(int queued, int skipped)
    {
        _planned.Add(queued);
        _skipped.Add(skipped);
    }

    public void Started() => _started.Add(1);

    public void Began(TimeSpan afterDue) => _startDelay.Record(afterDue.TotalSeconds);

    public void Settled(SettleOutcome outcome, AttemptResult result)
    {
        if (outcome is SettleOutcome.Succeeded or SettleOutcome.Failed or SettleOutcome.Cancelled)
        {
            _finished.Add(1, new KeyValuePair<string, object?>("status", Data.SnakeCase.Of(outcome)));
        }
        else if (outcome is SettleOutcome.Retried && result is AttemptResult.Failed failed)
        {
            _retried.Add(1, new KeyValuePair<string, object?>("error.type", Data.SnakeCase.Of(failed.Kind)));
        }
    }

    public void ToolCall(string server) => _toolCalls.Add(1, new KeyValuePair<string, object?>("server", server));

    public void QueueDepth(long runs) => Interlocked.Exchange(ref _queueDepth, runs);

    public void Dispose() => _meter.Dispose();
}
