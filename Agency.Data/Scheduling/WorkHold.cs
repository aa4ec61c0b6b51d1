namespace Agency.Data.Scheduling;

/// <summary>What kind of stop it is. Of the first two the effect is the same.</summary>
public enum HoldKind
{
    /// <summary>Until someone lifts it.</summary>
    Pause,

    /// <summary>Over a stretch of time that is known beforehand.</summary>
    Maintenance,

    /// <summary>
    /// Of one client, until someone lifts it. What executes is stopped too and queued again, the attempt not counted; the client's tokens do nothing.
    /// </summary>
    Freeze,
}

/// <summary>
/// A stop of all work, or of one client's: nothing is planned and nothing starts while it lasts; what executes already goes on, unless it
/// is a <see cref="HoldKind.Freeze"/>. What came due meanwhile is treated by each workflow's catch-up rule when it ends.
/// </summary>
public sealed class WorkHold
{
    public required Guid HoldId { get; init; }

    /// <summary>The client; null stops everything.</summary>
    public CompanyId? CompanyId { get; init; }

    public required HoldKind Kind { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When it ends by itself or was lifted; null while it has no end.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    public required string Reason { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who lifted it before its end.</summary>
    public string? LiftedBy { get; set; }
}
