namespace Agency.Data.Escalations;

public enum EscalationStatus
{
    Open,

    /// <summary>Someone is looking at it.</summary>
    Acknowledged,

    Resolved,
}

public enum EscalationSource
{
    /// <summary>Opened because a workflow failed too often in a row.</summary>
    Failures,

    /// <summary>Opened by a person, an agent or a procedure.</summary>
    Requested,
}

/// <summary>A call for a person: something that retries did not mend.</summary>
public sealed class Escalation
{
    public required CompanyId CompanyId { get; init; }

    public required Guid EscalationId { get; init; }

    public WorkflowId? WorkflowId { get; init; }

    /// <summary>The run whose failure opened it.</summary>
    public RunId? RunId { get; init; }

    public required EscalationSource Source { get; init; }

    public required string Reason { get; init; }

    public EscalationStatus Status { get; private set; } = EscalationStatus.Open;

    public required DateTimeOffset OpenedAt { get; init; }

    public required string OpenedBy { get; init; }

    public DateTimeOffset? AcknowledgedAt { get; private set; }

    public string? AcknowledgedBy { get; private set; }

    public DateTimeOffset? ResolvedAt { get; private set; }

    public string? ResolvedBy { get; private set; }

    /// <summary>What was done about it.</summary>
    public string? Resolution { get; private set; }

    public Result<EscalationStatus> Acknowledge(string by, DateTimeOffset now)
    {
        if (Status != EscalationStatus.Open)
        {
            return Error.Conflict($"The escalation is {SnakeCase.Of(Status)}; only an open one can be acknowledged.");
        }

        (Status, AcknowledgedAt, AcknowledgedBy) = (EscalationStatus.Acknowledged, now, by);
        return Status;
    }

    public Result<EscalationStatus> Resolve(string by, string resolution, DateTimeOffset now)
    {
        if (Status == EscalationStatus.Resolved)
        {
            return Error.Conflict("The escalation is resolved already.");
        }

        (Status, ResolvedAt, ResolvedBy, Resolution) = (EscalationStatus.Resolved, now, by, resolution);
        return Status;
    }
}
