using Agency.Data.Auditing;

namespace Agency.Data.Notifications;

/// <summary>
/// A message to the agency's people, written to this outbox in the transaction of what it tells of; delivered afterwards by Operations.
/// </summary>
[NotAudited]
public sealed class Notification
{
    public required CompanyId CompanyId { get; init; }

    public required Guid NotificationId { get; init; }

    /// <summary>workflow_escalated, escalation_opened, alert_fired, ...</summary>
    public required string Kind { get; init; }

    public required string Subject { get; init; }

    public required string Body { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its deliveries were written, one for each channel; null while that is to be done.</summary>
    public DateTimeOffset? DispatchedAt { get; set; }
}
