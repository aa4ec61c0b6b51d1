using System.Diagnostics;
using Agency.WorkerProtocol;

namespace Agency.Worker.Tracing;

/// <summary>
/// The run's spans, sent as events instead of exported: the worker has no way to a collector, and the scheduler exports them under these ids.
/// </summary>
internal sealed class Tracer
{
    private readonly RunEventWriter _events;
    private readonly TimeProvider _time;
    private readonly string? _parent;
    private readonly string _traceId;
    private readonly string _flags = "01";

    /// <param name="events">Where finished spans go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="traceparent">The W3C header value to continue; one that cannot be read starts a new trace, as the standard says.</param>
    public Tracer(RunEventWriter events, TimeProvider time, string? traceparent)
    {
        (_events, _time) = (events, time);
        if (traceparent is not null && ActivityContext.TryParse(traceparent, null, out var parent))
        {
            _traceId = parent.TraceId.ToHexString();
            _parent = parent.SpanId.ToHexString();
            _flags = parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00";
        }
        else
        {
            _traceId = ActivityTraceId.CreateRandom().ToHexString();
        }
    }

    public WorkerSpan Start(string name, SpanKind kind = SpanKind.Internal, WorkerSpan? parent = null) =>
        new(this, name, kind, parent?.SpanId ?? _parent, _time.GetUtcNow(), _time.GetTimestamp());

    internal string Traceparent(string spanId) => $"00-{_traceId}-{spanId}-{_flags}";

    internal TimeSpan Elapsed(long startTimestamp) => _time.GetElapsedTime(startTimestamp);

    internal void Finished(WorkerSpan span, TimeSpan elapsed, IReadOnlyDictionary<string, string> attributes, SpanStatus status)
    {
        var start = (span.StartedAt - DateTimeOffset.UnixEpoch).Ticks * 100;
        _events.Write(new SpanEvent
        {
            At = span.StartedAt + elapsed,
            TraceId = _traceId,
            SpanId = span.SpanId,
            ParentSpanId = span.ParentSpanId,
            Name = ProtocolText.Clip(span.Name, ProtocolText.MaxName),
            Kind = span.Kind,
            StartUnixNanos = start,
            EndUnixNanos = start + (elapsed.Ticks * 100),
            Attributes = attributes,
            Status = status,
        });
    }
}
