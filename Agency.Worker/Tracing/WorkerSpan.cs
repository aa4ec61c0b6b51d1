using System.Diagnostics;
using Agency.WorkerProtocol;

namespace Agency.Worker.Tracing;

/// <summary>A span that is sent when it is disposed. Its texts are names and ids, never a tool's words: those are the company's.</summary>
internal sealed class WorkerSpan(Tracer tracer, string name, SpanKind kind, string? parentSpanId, DateTimeOffset startedAt, long startTimestamp) : IDisposable
{
    private readonly Dictionary<string, string> _attributes = new(StringComparer.Ordinal);
    private SpanStatus _status = SpanStatus.Ok;

    public string SpanId { get; } = ActivitySpanId.CreateRandom().ToHexString();

    public string? ParentSpanId => parentSpanId;

    public string Name => name;

    public SpanKind Kind => kind;

    public DateTimeOffset StartedAt => startedAt;

    public string Traceparent => tracer.Traceparent(SpanId);

    public TimeSpan Elapsed => tracer.Elapsed(startTimestamp);

    public WorkerSpan With(string key, string value)
    {
        _attributes[key] = ProtocolText.Clip(value, ProtocolText.MaxName);
        return this;
    }

    public void Fail(FailureKind failure)
    {
        _status = SpanStatus.Error;
        _attributes["error.type"] = failure.ToString();
    }

    public void Dispose() => tracer.Finished(this, Elapsed, _attributes, _status);
}
