namespace Agency.WorkerProtocol;

/// <summary>The envelope was accepted and its procedure parsed.</summary>
public sealed record StartedEvent : RunEvent
{
    public required string RunId { get; init; }

    public required string Sop { get; init; }

    public required int Steps { get; init; }
}
