namespace Agency.WorkerProtocol;

/// <summary>The company's profile and the passages that matter were fetched, before the first step.</summary>
public sealed record ContextInjectedEvent : RunEvent
{
    /// <summary>The size of the profile as JSON.</summary>
    public required int ProfileBytes { get; init; }

    /// <summary>When the profile was last changed, which tells it from others; null when the server does not say.</summary>
    public DateTimeOffset? ProfileUpdatedAt { get; init; }

    /// <summary>What was searched for.</summary>
    public required string Query { get; init; }

    public required int Passages { get; init; }

    /// <summary>The ids of the passages that have one.</summary>
    public IReadOnlyList<string> PassageIds { get; init; } = [];
}
