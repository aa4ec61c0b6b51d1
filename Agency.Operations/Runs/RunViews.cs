using System.Text.Json;
using Agency.Data;
using Agency.Data.Runs;
using Agency.Operations.Holds;

namespace Agency.Operations.Runs;

/// <summary>A run as callers see it.</summary>
public sealed record RunView(
    CompanyId Client,
    RunId RunId,
    WorkflowId WorkflowId,
    RunTrigger Trigger,
    RunStatus Status,
    DateTimeOffset ScheduledFor,
    int Attempt,
    DateTimeOffset AvailableAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    double RunSeconds,
    int ToolCalls,
    long Tokens,
    RunErrorKind? ErrorKind,
    string? ErrorMessage,
    string? Summary,
    string? SkipReason,
    int Occurrences,
    DateTimeOffset? ScheduledUntil,
    string? RequestedBy,
    int Priority,
    DateTimeOffset? CancelRequestedAt,
    string? CancelReason)
{
    public static RunView Of(Run run) => new(
        run.CompanyId,
        run.RunId,
        run.WorkflowId,
        run.Trigger,
        run.Status,
        run.ScheduledFor,
        run.Attempt,
        run.AvailableAt,
        run.CreatedAt,
        run.StartedAt,
        run.FinishedAt,
        run.RunSeconds,
        run.ToolCalls,
        run.Tokens,
        run.ErrorKind,
        run.ErrorMessage,
        run.Summary,
        run.SkipReason,
        run.Occurrences,
        run.ScheduledUntil,
        run.RequestedBy,
        run.Priority,
        run.CancelRequestedAt,
        run.CancelReason);
}

/// <summary>One step of the procedure, as one attempt executed it.</summary>
public sealed record RunStepView(
    int Attempt, int Ordinal, string Title, string? Tool, StepStatus Status, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, string? Error, string? Result);

/// <summary>One thing that happened to the run.</summary>
public sealed record RunEventView(DateTimeOffset At, int Attempt, string Type, string Message, JsonElement? Data);

/// <summary>A run with what happened to it, in order; <paramref name="EventsOmitted"/> counts the earliest events, left out of a long list.</summary>
public sealed record RunDetails(
    RunView Run, JsonElement? Inputs, string? TraceParent, IReadOnlyList<RunStepView> Steps, IReadOnlyList<RunEventView> Events, int EventsOmitted);

/// <summary>A run whose end was asked for.</summary>
/// <param name="Run">The run; the scheduler ends it as soon as it sees cancel_requested_at.</param>
/// <param name="AlreadyRequested">Someone asked before; that request stands.</param>
internal sealed record CancelledRun(RunView Run, bool AlreadyRequested);

/// <summary>What a backfill did.</summary>
/// <param name="Client">The client.</param>
/// <param name="Id">The workflow.</param>
/// <param name="Queued">Runs that were queued, one for each missing occurrence.</param>
/// <param name="First">The earliest occurrence queued.</param>
/// <param name="Last">The latest occurrence queued.</param>
/// <param name="AlreadyRun">Occurrences that were left out because a run of them is open or succeeded.</param>
/// <param name="AlreadyBackfilled">Occurrences that were left out because an earlier backfill of them failed or was cancelled.</param>
/// <param name="StillToBePlanned">Occurrences that were left out because the schedule has not come to them yet: it decides what becomes of them.</param>
/// <param name="BeyondLimit">Occurrences that were not looked at, from continue_from on; 10000 means that many or more.</param>
/// <param name="ContinueFrom">The from with which to go on; null when the range is done.</param>
/// <param name="Hold">Null while the client's work is not held; else the runs wait and start when the hold ends.</param>
internal sealed record BackfilledWorkflow(
    CompanyId Client,
    WorkflowId Id,
    int Queued,
    DateTimeOffset? First,
    DateTimeOffset? Last,
    int AlreadyRun,
    int AlreadyBackfilled,
    int StillToBePlanned,
    int BeyondLimit,
    DateTimeOffset? ContinueFrom,
    HoldNotice? Hold);

/// <summary>A run that was asked for.</summary>
/// <param name="Run">The run.</param>
/// <param name="AlreadyRequested">An earlier call with the same key asked for it.</param>
/// <param name="Hold">Null while the client's work is not held; else the run waits and starts when the hold ends.</param>
internal sealed record RequestedRun(RunView Run, bool AlreadyRequested, HoldNotice? Hold);
