using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Agency.Operations.Registry;

/// <summary>Kinds of failure that are tried again unless a workflow says otherwise.</summary>
internal enum RetryableKind
{
    Transient,
    Timeout,
    Lost,
}

/// <summary>The argument <c>retry</c>: what a caller wants done after a failed attempt, beside max_attempts and retry_initial_seconds. Null leaves a member as it is.</summary>
internal sealed record RetryRequest
{
    [Description("By what each further delay is multiplied. Default 2.")]
    [Range(WorkflowRules.MinRetryFactor, WorkflowRules.MaxRetryFactor)]
    public double? Factor { get; init; }

    [Description("The longest delay in seconds, before jitter. Default 3600.")]
    [Range(1, WorkflowRules.MaxRetrySeconds)]
    public int? MaxSeconds { get; init; }

    [Description("How far a delay may lie from the computed one, either way, as a share of it. Default 0.2.")]
    [Range(0.0, 1.0)]
    public double? Jitter { get; init; }

    [Description("No further attempt begins later than this many seconds after the first one began; 0 removes the limit. Default none.")]
    [Range(0, WorkflowRules.MaxRetryDeadlineSeconds)]
    public int? DeadlineSeconds { get; init; }

    [Description("Kinds of failure that end the run at once although they are usually tried again: transient (may pass by itself), timeout (an attempt took too long), lost (its worker vanished). An empty list clears it. Default none.")]
    public IReadOnlyList<RetryableKind>? NonRetryable { get; init; }
}
