using System.Text.Json.Serialization;
using Agency.WorkerProtocol.Wire;

namespace Agency.WorkerProtocol;

/// <summary>A finished span of the run's trace, to be exported by the scheduler under the worker's ids.</summary>
public sealed record SpanEvent : RunEvent
{
    /// <summary>32 lower-case hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public required string SpanId { get; init; }

    public string? ParentSpanId { get; init; }

    public required string Name { get; init; }

    public required SpanKind Kind { get; init; }

    public required long StartUnixNanos { get; init; }

    public required long EndUnixNanos { get; init; }

    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    public required SpanStatus Status { get; init; }
}

/// <summary>OpenTelemetry's span kinds, as far as a worker has them.</summary>
[JsonConverter(typeof(WireEnum<SpanKind>))]
public enum SpanKind
{
    Internal,

    /// <summary>A request to another process.</summary>
    Client,
}

/// <summary>OpenTelemetry's span status.</summary>
[JsonConverter(typeof(WireEnum<SpanStatus>))]
public enum SpanStatus
{
    Ok,
    Error,
}
