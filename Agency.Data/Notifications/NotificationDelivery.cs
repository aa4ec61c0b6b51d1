namespace Agency.Data.Notifications;

public enum NotificationChannel
{
    Slack,
    Email,

    /// <summary>The client's own Slack webhook, one of its secrets.</summary>
    ClientSlack,

    /// <summary>No channel is configured: the notification is recorded and shown, and goes nowhere.</summary>
    None,
}

public enum DeliveryStatus
{
    Pending,
    Delivered,

    /// <summary>Every attempt failed.</summary>
    Failed,

    /// <summary>There was no channel to deliver it through.</summary>
    NotConfigured,
}

/// <summary>One notification on its way through one channel.</summary>
public sealed class NotificationDelivery
{
    public required CompanyId CompanyId { get; init; }

    public required Guid NotificationId { get; init; }

    public required NotificationChannel Channel { get; init; }

    public required DeliveryStatus Status { get; set; }

    public int Attempts { get; set; }

    /// <summary>Not attempted before this instant.</summary>
    public required DateTimeOffset AvailableAt { get; set; }

    public string? LastError { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }
}
