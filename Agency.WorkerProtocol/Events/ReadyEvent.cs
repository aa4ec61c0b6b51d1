namespace Agency.WorkerProtocol;

/// <summary>The worker has warmed up and waits for its envelope. Always the first event.</summary>
public sealed record ReadyEvent : RunEvent
{
    public required int Protocol { get; init; }

    public required int ProcessId { get; init; }
}
