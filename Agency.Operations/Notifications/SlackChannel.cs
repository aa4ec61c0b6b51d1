using System.Net;
using Agency.Data.Notifications;
using Microsoft.Extensions.Options;

namespace Agency.Operations.Notifications;

/// <summary>Posts to a Slack incoming webhook.</summary>
internal sealed class SlackChannel : IDeliveryChannel, IDisposable
{
    private const int MaxText = 3000;

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
        MaxResponseContentBufferSize = 64 * 1024,
    };

    public SlackChannel(IOptions<SlackOptions> options) =>
        _webhook = string.IsNullOrWhiteSpace(options.Value.WebhookUrl) ? null : new Uri(options.Value.WebhookUrl);

    public NotificationChannel Channel => NotificationChannel.Slack;

    public bool IsConfigured => _webhook is not null;

    public async Task<DeliveryOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _webhook)
        {
            Content = JsonContent.Create(new { text = $"*{Escape(message.Subject)}*\n{Escape(message.Body)}" }),
        };
        request.Headers.Add("Idempotency-Key", $"{message.Company}/{message.NotificationId:D}");
        using var response = await _http.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return DeliveryOutcome.Delivered;
        }

        var permanent = response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone;
        var hint = permanent ? " Check Slack:WebhookUrl and whether the channel still exists." : "";
        return new DeliveryOutcome($"Slack answered {(int)response.StatusCode}.{hint}", permanent, response.Headers.RetryAfter?.Delta);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Slack's three control characters; else a text could mention everyone.</summary>
    private static string Escape(string text) => (text.Length <= MaxText ? text : text[..MaxText] + "...")
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
