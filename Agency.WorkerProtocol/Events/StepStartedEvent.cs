namespace Agency.WorkerProtocol;

/// <summary>A step begins.</summary>
public sealed record StepStartedEvent : RunEvent
{
    /// <summary>The step's number, from 1.</summary>
    public required int Ordinal { get; init; }

    public required string Title { get; init; }

    /// <summary><c>server.tool</c>, or null for guidance.</summary>
    public string? Tool { get; init; }
}
