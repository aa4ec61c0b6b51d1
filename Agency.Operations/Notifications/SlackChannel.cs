using Agency.Data.Notifications;
using Microsoft.Extensions.Options;

namespace Agency.Operations.Notifications;

/// <summary>Posts to a Slack incoming webhook.</summary>
internal sealed class SlackChannel : IDeliveryChannel, IDisposable
{
    private readonly Uri? _webhook;

    // Not the factory's client: it logs addresses, traces them and repeats posts by itself. The address is the secret, and repeating is the outbox's.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = SlackPost.MaxAnswerBytes,
    };

    public SlackChannel(IOptions<SlackOptions> options) =>
        _webhook = string.IsNullOrWhiteSpace(options.Value.WebhookUrl) ? null : new Uri(options.Value.WebhookUrl);

    public NotificationChannel Channel => NotificationChannel.Slack;

    public bool IsConfigured => _webhook is not null;

    public Task<DeliveryOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) =>
        SlackPost.SendAsync(_http, _webhook!, message, "Check Slack:WebhookUrl and whether the channel still exists.", cancellationToken);

    public void Dispose() => _http.Dispose();
}
