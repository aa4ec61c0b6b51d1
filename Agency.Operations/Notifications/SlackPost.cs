using System.Net;

namespace Agency.Operations.Notifications;

/// <summary>A message as a Slack webhook takes it.</summary>
internal static class SlackPost
{
    public const int MaxAnswerBytes = 64 * 1024;

    private const int MaxText = 3000;

    /// <param name="http">The way there.</param>
    /// <param name="webhook">The address, a secret.</param>
    /// <param name="message">What is told.</param>
    /// <param name="remedy">What to look at when Slack refuses for good.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<DeliveryOutcome> SendAsync(
        HttpClient http, Uri webhook, OutgoingMessage message, string remedy, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook)
        {
            Content = JsonContent.Create(new { text = $"*{Escape(message.Subject)}*\n{Escape(message.Body)}" }),
        };
        request.Headers.Add("Idempotency-Key", $"{message.Company}/{message.NotificationId:D}");
        using var response = await http.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return DeliveryOutcome.Delivered;
        }

        var permanent = response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone;
        var hint = permanent ? $" {remedy}" : "";
        return new DeliveryOutcome($"Slack answered {(int)response.StatusCode}.{hint}", permanent, response.Headers.RetryAfter?.Delta);
    }

    /// <summary>Slack's three control characters; else a text could mention everyone.</summary>
    private static string Escape(string text) => (text.Length <= MaxText ? text : text[..MaxText] + "...")
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
