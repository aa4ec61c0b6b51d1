namespace Agency.WorkerProtocol;

/// <summary>A step is over. After a failed one comes the outcome.</summary>
public sealed record StepFinishedEvent : RunEvent
{
    /// <summary>The step's number, from 1.</summary>
    public required int Ordinal { get; init; }

    public required string Title { get; init; }

    /// <summary><c>server.tool</c>, or null for guidance.</summary>
    public string? Tool { get; init; }

    public required StepStatus Status { get; init; }

    public required long DurationMs { get; init; }

    /// <summary>The beginning of the tool's result, or the text of the guidance.</summary>
    public string? Result { get; init; }

    /// <summary>The result was larger than the run's limit, so later steps cannot use it.</summary>
    public bool Truncated { get; init; }

    public RunError? Error { get; init; }

    /// <summary>The step's span.</summary>
    public string? SpanId { get; init; }
}
