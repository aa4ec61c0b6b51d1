using System.Text.Json;
using Agency.Data;
using Agency.Data.Workflows;

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
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static WorkflowView Of(Workflow workflow) => new(
        workflow.CompanyId,
        workflow.WorkflowId,
        workflow.Type,
        workflow.Status,
        workflow.StatusMessage,
        workflow.Schedule,
        workflow.TimeZone,
        workflow.NextRun,
        workflow.LastRun,
        workflow.FailureCount,
        workflow.Inputs,
        workflow.MaxAttempts,
        workflow.RetryInitialSeconds,
        workflow.TimeoutSeconds,
        workflow.SlaMinutes,
        workflow.CreatedAt,
        workflow.UpdatedAt);
}

/// <summary>A workflow that was registered or changed, and what should be looked at.</summary>
internal sealed record WorkflowResult(WorkflowView Workflow, IReadOnlyList<string> Warnings);

/// <summary>One line of a workflow's history.</summary>
internal sealed record HistoryLine(DateTimeOffset Timestamp, string Type, string Message);

/// <summary>A workflow with its surroundings.</summary>
internal sealed record WorkflowDetails(WorkflowView Workflow, IReadOnlyList<Occurrence> NextOccurrences, IReadOnlyList<HistoryLine> History);

/// <summary>A workflow that was deleted.</summary>
internal sealed record DeletedWorkflow(CompanyId Client, WorkflowId Id, DateTimeOffset DeletedAt);
