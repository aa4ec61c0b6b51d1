using System.Text.Json;
using Agency.Data.Runs;

namespace Agency.Data.Workflows;

/// <summary>Recurring work for one client: which procedure, when, and how failures are retried.</summary>
public sealed class Workflow
{
    /// <summary>Failed occurrences in a row after which a workflow is escalated.</summary>
    public const int EscalateAfterFailures = 3;

    /// <summary>Seven days.</summary>
    public const int DefaultCatchUpWindowMinutes = 7 * 24 * 60;

    /// <summary>A year.</summary>
    public const int MaxCatchUpWindowMinutes = 366 * 24 * 60;

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

    /// <summary>No occurrence is due before this instant; null sets no limit.</summary>
    public DateTimeOffset? StartAt { get; set; }

    /// <summary>No occurrence is due at this instant or later; null sets no limit.</summary>
    public DateTimeOffset? EndAt { get; set; }

    /// <summary>Each occurrence starts up to this many seconds after its time, always the same for the same occurrence.</summary>
    public int JitterSeconds { get; set; }

    /// <summary>What becomes of local times that do not exist; null takes the schedule's default.</summary>
    public DstGap? DstGap { get; set; }

    /// <summary>What becomes of local times that come twice; null takes the schedule's default.</summary>
    public DstOverlap? DstOverlap { get; set; }

    /// <summary>Whether nothing is due on the client's excluded dates.</summary>
    public bool ObserveCalendar { get; set; } = true;

    /// <summary>What becomes of occurrences that came due while nothing could plan them.</summary>
    public CatchUpPolicy CatchUp { get; set; } = CatchUpPolicy.Latest;

    /// <summary>Minutes back from now within which missed occurrences are executed.</summary>
    public int CatchUpWindowMinutes { get; set; } = DefaultCatchUpWindowMinutes;

    /// <summary>What becomes of an occurrence while an earlier run is open.</summary>
    public OverlapPolicy Overlap { get; set; } = OverlapPolicy.Skip;

    /// <summary>How many of its runs may execute at once where <see cref="OverlapPolicy.Allow"/> lets them; null sets no limit of its own. Under any other policy it is one.</summary>
    public int? MaxConcurrentRuns { get; set; }

    /// <summary>Among the runs of one client those of higher priority start first; 0 is ordinary.</summary>
    public int Priority { get; set; }

    /// <summary>The next occurrence, moved by the planner; null when none is to come.</summary>
    public DateTimeOffset? NextRun { get; set; }

    /// <summary>Scheduled time of the latest occurrence that ended in success or failure before the workflow was imported; of later ones its runs tell.</summary>
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

    /// <summary>How far a delay may lie from the computed one, either way, as a share of it: 0 to 1.</summary>
    public double RetryJitter { get; set; } = 0.2;

    /// <summary>Seconds after an occurrence's first attempt began past which no further attempt begins; null sets no limit.</summary>
    public int? RetryDeadlineSeconds { get; set; }

    /// <summary>Kinds of failure that are not tried again although their kind usually is: of transient, timeout, lost.</summary>
    public RunErrorKind[] NonRetryable { get; set; } = [];

    /// <summary>Seconds after which an attempt is ended.</summary>
    public int TimeoutSeconds { get; set; } = 600;

    /// <summary>Minutes from the scheduled time within which an occurrence must have succeeded; null takes the client's terms.</summary>
    public int? SlaMinutes { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>
    /// When its schedule or next occurrence was last written by someone; null when that was at its creation. What was due before that was not
    /// missed: nobody had asked for it yet.
    /// </summary>
    public DateTimeOffset? ScheduleSetAt { get; set; }

    /// <summary>When it was last made active again. What came due while it stood is skipped, not made up for.</summary>
    public DateTimeOffset? ActiveSince { get; set; }

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
            ActiveSince = target is WorkflowStatus.Active ? now : ActiveSince;
        }

        StatusMessage = message;
        UpdatedAt = now;
        return Status;
    }
}
