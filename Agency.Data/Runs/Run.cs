using System.Text.Json;

namespace Agency.Data.Runs;

/// <summary>One occurrence of a workflow: planned, claimed, executed in one or more attempts, settled. Written by the scheduler.</summary>
public sealed class Run
{
    public required CompanyId CompanyId { get; init; }

    public required RunId RunId { get; init; }

    public required WorkflowId WorkflowId { get; init; }

    public required RunTrigger Trigger { get; init; }

    /// <summary>When it was due. Of one workflow and trigger no two runs are due at the same time: the database sees to it.</summary>
    public required DateTimeOffset ScheduledFor { get; init; }

    public RunStatus Status { get; private set; } = RunStatus.Queued;

    /// <summary>Attempts begun so far.</summary>
    public int Attempt { get; init; }

    /// <summary>Not claimed before this instant: the delay before another attempt.</summary>
    public required DateTimeOffset AvailableAt { get; init; }

    /// <summary>Among the runs of one client those of higher priority start first; the workflow's when the run was made.</summary>
    public int Priority { get; init; }

    /// <summary>When someone, or the overlap rule, asked that it be cancelled; the scheduler does so as soon as it sees it.</summary>
    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>Who asked for that and why.</summary>
    public string? CancelReason { get; init; }

    /// <summary>The scheduler that executes it.</summary>
    public string? LeaseOwner { get; init; }

    /// <summary>When the lease ends unless a heartbeat prolongs it; afterwards the run counts as lost.</summary>
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Raised by every claim. An outcome that carries an older number is refused.</summary>
    public long Fencing { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Begin of the first attempt.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Seconds that workers spent on it, all attempts together.</summary>
    public double RunSeconds { get; init; }

    /// <summary>Tool calls that went through the gateway, all attempts together.</summary>
    public int ToolCalls { get; init; }

    /// <summary>Model tokens used, all attempts together.</summary>
    public long Tokens { get; init; }

    public RunErrorKind? ErrorKind { get; init; }

    /// <summary>Why the latest attempt failed.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What the latest attempt said of its outcome.</summary>
    public string? Summary { get; init; }

    /// <summary>Why it was skipped.</summary>
    public string? SkipReason { get; init; }

    /// <summary>How many occurrences this row stands for when they were skipped together; else 1.</summary>
    public int Occurrences { get; init; } = 1;

    /// <summary>Scheduled time of the last occurrence that a row for several stands for.</summary>
    public DateTimeOffset? ScheduledUntil { get; init; }

    /// <summary>Values for the procedure's inputs in place of the workflow's.</summary>
    public JsonElement? Inputs { get; init; }

    /// <summary>A manual run asked for again with the same key is the same run.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Who asked for it; null when the planner did.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>W3C trace parent under which it was planned.</summary>
    public string? TraceParent { get; init; }
}
