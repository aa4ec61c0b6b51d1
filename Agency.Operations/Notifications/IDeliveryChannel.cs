using Agency.Data;
using Agency.Data.Notifications;

namespace Agency.Operations.Notifications;

/// <summary>A notification on its way out.</summary>
internal sealed record OutgoingMessage(CompanyId Company, Guid NotificationId, string Kind, string Subject, string Body, DateTimeOffset CreatedAt);

/// <summary>What became of one attempt.</summary>
/// <param name="Error">Null when it was delivered; never holds a secret.</param>
/// <param name="Permanent">Trying again cannot help.</param>
/// <param name="RetryAfter">The receiver asked for at least this delay.</param>
internal sealed record DeliveryOutcome(string? Error, bool Permanent = false, TimeSpan? RetryAfter = null)
{
    public static DeliveryOutcome Delivered { get; } = new((string?)null);
}

/// <summary>One way to reach the agency's people.</summary>
internal interface IDeliveryChannel
{
    NotificationChannel Channel { get; }

    bool IsConfigured { get; }

    /// <summary>May throw: that is a failed attempt. A message can come twice when an outcome was lost; its ids let a receiver see it.</summary>
    Task<DeliveryOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken);
}
