using Agency.Data.Notifications;
using Agency.Operations.Secrets;
using Agency.ServiceDefaults.Outbound;
using Agency.ServiceDefaults.Secrets;
using Microsoft.Extensions.Options;

namespace Agency.Operations.Notifications;

/// <summary>Posts a client's notifications to the client's own Slack webhook, which is one of its secrets.</summary>
internal sealed class ClientSlackChannel(CompanySecretReader secrets, OutboundGuard guard, IOptions<SecretOptions> options, TimeProvider time) : IDeliveryChannel, IDisposable
{
    private const string Remedy = "Check whether the channel still exists and set the secret slack_webhook again.";

    private readonly HttpClient _http = new(OutboundHttp.CreateHandler(guard))
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = SlackPost.MaxAnswerBytes,
    };

    public NotificationChannel Channel => NotificationChannel.ClientSlack;

    /// <summary>Whether this server can keep secrets at all; which client has set one is the outbox's question.</summary>
    public bool IsConfigured => !string.IsNullOrWhiteSpace(options.Value.KeyRing);

    public async Task<DeliveryOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var webhook = (await secrets.ReadAsync(message.Company, cancellationToken)).SingleOrDefault(secret => secret.Name == SecretDesk.SlackWebhook);
        if (webhook is null)
        {
            return new DeliveryOutcome("The client has no secret slack_webhook any more.", Permanent: true);
        }

        if (webhook.Value is null)
        {
            return new DeliveryOutcome(webhook.Problem);
        }

        try
        {
            var outcome = await SlackPost.SendAsync(_http, new Uri(webhook.Value), message, Remedy, cancellationToken);
            await secrets.UsedAsync(message.Company, webhook.Name, time.Now(), cancellationToken);
            return outcome;
        }
        catch (HttpRequestException e) when (OutboundHttp.Refusal(e) is { } refusal)
        {
            return new DeliveryOutcome(refusal.Message, Permanent: true);
        }
    }

    public void Dispose() => _http.Dispose();
}
