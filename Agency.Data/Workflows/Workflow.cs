using System.Text.Json;

namespace Agency.Data.Workflows;

/// <summary>Recurring work for one client: which procedure, when, and how failures are retried.</summary>
public sealed class Workflow
{
    /// <summary>Failed occurrences in a row after which a workflow is escalated.</summary>
    public const int EscalateAfterFailures = 3;

    public required CompanyId CompanyId { get; init; }

    public required WorkflowId WorkflowId { get; init; }

    /// <summary>Name of the standard operating procedure that each occurrence executes.</summary>
    public required string Type { get; set; }

    public WorkflowStatus Status { get; private set; } = WorkflowStatus.Active;

    /// <summary>Why it has its status, if someone said so.</summary>
    public string? StatusMessage { get; private set; }

    /// <summary>Cron expression; null when it runs once at <see cref="NextRun"/> or only on demand.</summary>
    public string? Schedule { get; set; }

    /// <summary>IANA time zone of the schedule; null takes the client's.</summary>
    public string? TimeZone { get; set; }

    /// <summary>The next occurrence, moved by the planner; null when none is to come.</summary>
    public DateTimeOffset? NextRun { get; set; }

    /// <summary>Scheduled time of the latest occurrence that ended in success or failure.</summary>
    public DateTimeOffset? LastRun { get; set; }

    /// <summary>Failed occurrences in a row.</summary>
    public int FailureCount { get; set; }

    /// <summary>Object of values for the procedure's inputs.</summary>
    public JsonElement? Inputs { get; set; }

    /// <summary>How often one occurrence is tried before it has failed; at least 1.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Seconds before the second attempt.</summary>
    public int RetryInitialSeconds { get; set; } = 30;

    /// <summary>By what each further delay is multiplied.</summary>
    public double RetryFactor { get; set; } = 2;

    /// <summary>Upper limit of a delay, in seconds, before jitter.</summary>
    public int RetryMaxSeconds { get; set; } = 3600;

    /// <summary>Seconds after which an attempt is ended.</summary>
    public int TimeoutSeconds { get; set; } = 600;

    /// <summary>Minutes from the scheduled time within which an occurrence must have succeeded; null takes the client's terms.</summary>
    public int? SlaMinutes { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Set when it was deleted. The row stays for its runs' sake, and so that a file import does not revive it.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>
    /// Moves to <paramref name="target"/>. Asking for the status it has is no error. Leaving <c>escalated</c> resets the failure count.
    /// </summary>
    public Result<WorkflowStatus> ChangeStatus(WorkflowStatus target, string? message, DateTimeOffset now)
    {
        if (target != Status)
        {
            var move = WorkflowTransitions.To(target);
            if (!move.Allows(Status))
            {
                return Error.Conflict($"A workflow that is {SnakeCase.Of(Status)} cannot become {move.ToName}; that is possible from: "
                    + $"{string.Join(", ", move.FromNames)}.");
            }

            if (Status == WorkflowStatus.Escalated)
            {
                FailureCount = 0;
            }

            Status = target;
        }

        StatusMessage = message;
        UpdatedAt = now;
        return Status;
    }
}
