using Agency.Data;
using Agency.Data.Escalations;
using Agency.Data.Workflows;

namespace Agency.Operations.Escalations;

/// <summary>An escalation as callers see it.</summary>
public sealed record EscalationView(
    CompanyId Client,
    Guid EscalationId,
    WorkflowId? WorkflowId,
    RunId? RunId,
    EscalationSource Source,
    EscalationStatus Status,
    string Reason,
    DateTimeOffset OpenedAt,
    string OpenedBy,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    DateTimeOffset? ResolvedAt,
    string? ResolvedBy,
    string? Resolution)
{
    public static EscalationView Of(Escalation e) => new(
        e.CompanyId,
        e.EscalationId,
        e.WorkflowId,
        e.RunId,
        e.Source,
        e.Status,
        e.Reason,
        e.OpenedAt,
        e.OpenedBy,
        e.AcknowledgedAt,
        e.AcknowledgedBy,
        e.ResolvedAt,
        e.ResolvedBy,
        e.Resolution);
}

/// <summary>An escalation that was opened or changed; <paramref name="WorkflowStatus"/> is null where it concerns no workflow.</summary>
internal sealed record EscalationResult(EscalationView Escalation, WorkflowStatus? WorkflowStatus);
