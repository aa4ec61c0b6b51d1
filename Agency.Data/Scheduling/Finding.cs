namespace Agency.Data.Scheduling;

/// <summary>What the scheduler's watchdog looks for.</summary>
public enum FindingKind
{
    /// <summary>A run executes far longer than it may, or waits without anyone coming for it.</summary>
    StuckRun,

    /// <summary>An active workflow's next occurrence lies in the past and nobody plans it.</summary>
    OverdueWorkflow,

    /// <summary>A client's runs have waited for an hour because as many as it may have are executing.</summary>
    CompanyAtCap,

    /// <summary>Runs wait longer and longer for a worker: there are too few.</summary>
    QueueGrows,
}

/// <summary>Something the scheduler noticed that a person should know; open until it is no longer so.</summary>
public sealed class Finding
{
    public required Guid FindingId { get; init; }

    public required FindingKind Kind { get; init; }

    /// <summary>The client; null when it concerns all.</summary>
    public CompanyId? CompanyId { get; init; }

    /// <summary>Id of the workflow or run; empty when it is about the client or the whole queue.</summary>
    public required string Subject { get; init; }

    /// <summary>What is wrong and what to do.</summary>
    public required string Message { get; set; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When it was last seen to be so.</summary>
    public required DateTimeOffset SeenAt { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }
}
