namespace Agency.Data.Runs;

/// <summary>
/// A run that waits to be executed, with what decides its place. The database keeps these rows by itself whenever runs are written
/// (<c>keep_queue</c>): the queue stays small however many runs there have been, and a run that changes touches no index of its own table.
/// </summary>
public sealed class QueuedRun
{
    public required CompanyId CompanyId { get; init; }

    public required WorkflowId WorkflowId { get; init; }

    public required RunId RunId { get; init; }

    public int Priority { get; init; }

    public DateTimeOffset AvailableAt { get; init; }

    public DateTimeOffset ScheduledFor { get; init; }

    /// <summary>It waits between two attempts.</summary>
    public bool Retried { get; init; }

    public bool CancelRequested { get; init; }
}
