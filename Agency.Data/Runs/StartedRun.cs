namespace Agency.Data.Runs;

/// <summary>A run that is executed, or has begun and waits for something outside. Kept by the database, as <see cref="QueuedRun"/> is.</summary>
public sealed class StartedRun
{
    public required CompanyId CompanyId { get; init; }

    public required WorkflowId WorkflowId { get; init; }

    public required RunId RunId { get; init; }

    /// <summary>It takes no worker's place.</summary>
    public bool Waiting { get; init; }

    public bool CancelRequested { get; init; }
}
