using Microsoft.Extensions.Options;

namespace Agency.Operations.Notifications;

/// <summary>Section <c>Slack</c>.</summary>
internal sealed class SlackOptions
{
    public const string Section = "Slack";

    /// <summary>Address of an incoming webhook, a secret; empty: no Slack.</summary>
    public string? WebhookUrl { get; set; }
}

internal sealed class SlackOptionsValidator : IValidateOptions<SlackOptions>
{
    public ValidateOptionsResult Validate(string? name, SlackOptions options) =>
        string.IsNullOrWhiteSpace(options.WebhookUrl)
        || (Uri.TryCreate(options.WebhookUrl, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Slack:WebhookUrl must be the https address of an incoming webhook (plain http only to this machine). It is a secret and is not shown here. Correct or unset Slack__WebhookUrl.");
}
