namespace Agency.Data.Runs;

public enum RunStatus
{
    /// <summary>Waits for a worker, from <see cref="Run.AvailableAt"/> on; also between two attempts.</summary>
    Queued,

    /// <summary>Executed by the holder of the lease.</summary>
    Running,

    /// <summary>Waits for a person or an outside event.</summary>
    Waiting,

    Succeeded,

    Failed,

    Cancelled,

    /// <summary>Was due and not executed, for the recorded reason.</summary>
    Skipped,
}

/// <summary>Why a run exists.</summary>
public enum RunTrigger
{
    Scheduled,

    /// <summary>The one occurrence that makes up for those missed while nothing was planning.</summary>
    CatchUp,

    /// <summary>Asked for by a person or an agent.</summary>
    Manual,

    /// <summary>An occurrence of the past that was asked for afterwards.</summary>
    Backfill,
}

/// <summary>What kind of failure ended an attempt; decides whether another one is made.</summary>
public enum RunErrorKind
{
    /// <summary>May pass by itself: tried again.</summary>
    Transient,

    /// <summary>Trying again cannot help.</summary>
    Permanent,

    /// <summary>The attempt took longer than it may: tried again.</summary>
    Timeout,

    /// <summary>The worker or its scheduler vanished: tried again.</summary>
    Lost,

    Cancelled,
}

/// <summary>The legal moves of a run.</summary>
public static class RunTransitions
{
    public static readonly Transition<RunStatus> Claim = new("claim", [RunStatus.Queued], RunStatus.Running);

    public static readonly Transition<RunStatus> Succeed = new("succeed", [RunStatus.Running], RunStatus.Succeeded);

    public static readonly Transition<RunStatus> Fail = new("fail", [RunStatus.Running], RunStatus.Failed);

    /// <summary>Back into the queue: for another attempt, or handed back unexecuted at shutdown.</summary>
    public static readonly Transition<RunStatus> Requeue = new("requeue", [RunStatus.Running], RunStatus.Queued);

    public static readonly Transition<RunStatus> Cancel =
        new("cancel", [RunStatus.Queued, RunStatus.Running, RunStatus.Waiting], RunStatus.Cancelled);

    /// <summary>The states in which a run still has work before it; the overlap rule counts these.</summary>
    public static readonly IReadOnlyList<RunStatus> Open = [RunStatus.Queued, RunStatus.Running, RunStatus.Waiting];
}
