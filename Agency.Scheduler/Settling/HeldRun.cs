using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;

namespace Agency.Scheduler.Settling;

/// <summary>A run and its workflow, locked for settling.</summary>
internal sealed record HeldRun
{
    public required WorkflowId WorkflowId { get; init; }

    public required int Attempt { get; init; }

    public required DateTimeOffset ScheduledFor { get; init; }

    /// <summary>Begin of the first attempt.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Why someone asked for its end; null when nobody did.</summary>
    public required string? CancelReason { get; init; }

    public required WorkflowStatus WorkflowStatus { get; init; }

    public required int FailureCount { get; init; }

    public required RetryPolicy Retry { get; init; }

    public required string CompanyName { get; init; }
}

/// <summary>How a workflow's failed attempts are followed by others.</summary>
internal sealed record RetryPolicy(
    int MaxAttempts, int InitialSeconds, double Factor, int MaxSeconds, double Jitter, int? DeadlineSeconds, IReadOnlyList<RunErrorKind> NonRetryable)
{
    /// <summary>Whether another attempt may follow one that ended so, and if not, why.</summary>
    public string? Refuses(RunErrorKind kind, int attempt, DateTimeOffset startedAt, DateTimeOffset nextAttempt) => kind switch
    {
        RunErrorKind.Permanent or RunErrorKind.Cancelled => "Trying again cannot help.",
        _ when NonRetryable.Contains(kind) => $"Failures of the kind '{SnakeCase.Of(kind)}' are not tried again here.",
        _ when attempt >= MaxAttempts => $"All {MaxAttempts} attempts are used up.",
        _ when DeadlineSeconds is { } seconds && nextAttempt > startedAt.AddSeconds(seconds) =>
            $"Another attempt would begin later than {seconds} s after the first.",
        _ => null,
    };
}
