using System.Text.Json;
using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;
using Agency.Operations.Holds;

namespace Agency.Operations.Registry;

/// <summary>A workflow as callers see it.</summary>
public sealed record WorkflowView(
    CompanyId Client,
    WorkflowId Id,
    string Type,
    WorkflowStatus Status,
    string? StatusMessage,
    string? Schedule,
    string? TimeZone,
    DateTimeOffset? NextRun,
    DateTimeOffset? LastRun,
    int FailureCount,
    JsonElement? Inputs,
    int MaxAttempts,
    int RetryInitialSeconds,
    int TimeoutSeconds,
    int? SlaMinutes,
    SchedulingView Scheduling,
    RetryView Retry,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    internal static WorkflowView Of(WorkflowRow row) => Of(row.Workflow, row.LastRun);

    private static WorkflowView Of(Workflow workflow, DateTimeOffset? lastRun) => new(
        workflow.CompanyId,
        workflow.WorkflowId,
        workflow.Type,
        workflow.Status,
        workflow.StatusMessage,
        workflow.Schedule,
        workflow.TimeZone,
        workflow.NextRun,
        lastRun,
        workflow.FailureCount,
        workflow.Inputs,
        workflow.MaxAttempts,
        workflow.RetryInitialSeconds,
        workflow.TimeoutSeconds,
        workflow.SlaMinutes,
        SchedulingView.Of(workflow),
        RetryView.Of(workflow),
        workflow.CreatedAt,
        workflow.UpdatedAt);
}

/// <summary>How its occurrences are made and ordered, as the argument <c>scheduling</c> sets it. A clock rule that is null is the schedule's own.</summary>
public sealed record SchedulingView(
    DateTimeOffset? StartAt,
    DateTimeOffset? EndAt,
    int JitterSeconds,
    DstGap? DstGap,
    DstOverlap? DstOverlap,
    bool ObserveCalendar,
    CatchUpPolicy CatchUp,
    int CatchUpWindowMinutes,
    OverlapPolicy Overlap,
    int? MaxConcurrentRuns,
    int Priority)
{
    public static SchedulingView Of(Workflow workflow) => new(
        workflow.StartAt,
        workflow.EndAt,
        workflow.JitterSeconds,
        workflow.DstGap,
        workflow.DstOverlap,
        workflow.ObserveCalendar,
        workflow.CatchUp,
        workflow.CatchUpWindowMinutes,
        workflow.Overlap,
        workflow.MaxConcurrentRuns,
        workflow.Priority);
}

/// <summary>What is done after a failed attempt, as the argument <c>retry</c> sets it.</summary>
public sealed record RetryView(double Factor, int MaxSeconds, double Jitter, int? DeadlineSeconds, IReadOnlyList<RunErrorKind> NonRetryable)
{
    public static RetryView Of(Workflow workflow) =>
        new(workflow.RetryFactor, workflow.RetryMaxSeconds, workflow.RetryJitter, workflow.RetryDeadlineSeconds, workflow.NonRetryable);
}

/// <summary>A workflow that was registered or changed, and what should be looked at.</summary>
internal sealed record WorkflowResult(WorkflowView Workflow, IReadOnlyList<string> Warnings);

/// <summary>One line of a workflow's history.</summary>
internal sealed record HistoryLine(DateTimeOffset Timestamp, string Type, string Message);

/// <summary>A workflow with its surroundings; <paramref name="Hold"/> is null while its client's work is not held.</summary>
internal sealed record WorkflowDetails(
    WorkflowView Workflow, HoldNotice? Hold, IReadOnlyList<Occurrence> NextOccurrences, IReadOnlyList<HistoryLine> History);

/// <summary>A workflow that was deleted.</summary>
internal sealed record DeletedWorkflow(CompanyId Client, WorkflowId Id, DateTimeOffset DeletedAt);
