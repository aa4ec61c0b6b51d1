using System.Text.Json;
using Agency.Data;
using Agency.Data.Runs;

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
    string? RequestedBy)
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
        run.RequestedBy);
}

/// <summary>One step of the procedure, as one attempt executed it.</summary>
public sealed record RunStepView(
    int Attempt, int Ordinal, string Title, string? Tool, StepStatus Status, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, string? Error, string? Result);

/// <summary>One thing that happened to the run.</summary>
public sealed record RunEventView(DateTimeOffset At, int Attempt, string Type, string Message, JsonElement? Data);

/// <summary>A run with what happened to it, in order; <paramref name="EventsOmitted"/> counts the earliest events, left out of a long list.</summary>
public sealed record RunDetails(
    RunView Run, JsonElement? Inputs, string? TraceParent, IReadOnlyList<RunStepView> Steps, IReadOnlyList<RunEventView> Events, int EventsOmitted);

/// <summary>A run that was asked for; <paramref name="AlreadyRequested"/> when an earlier call with the same key did.</summary>
internal sealed record RequestedRun(RunView Run, bool AlreadyRequested);
