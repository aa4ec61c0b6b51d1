using Agency.Data.Auditing;

namespace Agency.Data.Workflows;

/// <summary>One line of a workflow's history. How its occurrences ended its runs tell.</summary>
[NotAudited]
public sealed class WorkflowEvent
{
    public required CompanyId CompanyId { get; init; }

    public required WorkflowId WorkflowId { get; init; }

    /// <summary>Given by the database, rising.</summary>
    public long EventId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>registered, imported, updated, status_changed, escalated, deleted, ...</summary>
    public required string Type { get; init; }

    public required string Message { get; init; }
}
