namespace Agency.Data.Workflows;

/// <summary>What becomes of an occurrence that comes due while an earlier run of its workflow is still open: queued, executed, or between two attempts.</summary>
public enum OverlapPolicy
{
    /// <summary>It is recorded as skipped.</summary>
    Skip,

    /// <summary>One waits for the open run to end; while one waits, further ones are skipped.</summary>
    QueueOne,

    /// <summary>Every one waits its turn.</summary>
    QueueAll,

    /// <summary>The open run is cancelled, and the new one is executed once it has ended.</summary>
    CancelPrevious,

    /// <summary>They are executed side by side, up to the workflow's limit of concurrent runs.</summary>
    Allow,
}
