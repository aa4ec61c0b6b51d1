namespace Agency.WorkerProtocol;

/// <summary>Something worth knowing about the run, for its history.</summary>
public sealed record NoteEvent : RunEvent
{
    public required string Message { get; init; }
}
