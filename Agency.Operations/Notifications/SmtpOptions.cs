using Microsoft.Extensions.Options;
using MimeKit;

namespace Agency.Operations.Notifications;

/// <summary>Section <c>Smtp</c>; without a host there is no e-mail.</summary>
internal sealed class SmtpOptions
{
    public const string Section = "Smtp";

    public string? Host { get; set; }

    public int Port { get; set; } = 587;

    /// <summary>Empty: no authentication.</summary>
    public string? Username { get; set; }

    public string? Password { get; set; }

    /// <summary>The sender's address.</summary>
    public string? From { get; set; }

    /// <summary>The recipients' addresses, separated by commas.</summary>
    public string? To { get; set; }

    /// <summary>TLS from the start on port 465, else STARTTLS, which is then required. False only for a server on a trusted network.</summary>
    public bool UseTls { get; set; } = true;
}

internal sealed class SmtpOptionsValidator : IValidateOptions<SmtpOptions>
{
    public ValidateOptionsResult Validate(string? name, SmtpOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Host))
        {
            return ValidateOptionsResult.Success;
        }

        var faults = new List<string>();
        if (options.Port is < 1 or > 65_535)
        {
            faults.Add($"Smtp:Port must be from 1 to 65535, but is {options.Port}. Set Smtp__Port, usually 587 or 465.");
        }

        if (!MailboxAddress.TryParse(options.From, out _))
        {
            faults.Add("Smtp:From must be the sender's address, such as agency@example.com. Set Smtp__From.");
        }

        if (!InternetAddressList.TryParse(options.To, out var recipients) || !recipients.Mailboxes.Any())
        {
            faults.Add("Smtp:To must be one or more recipients' addresses, separated by commas. Set Smtp__To.");
        }

        if (!string.IsNullOrEmpty(options.Password) && string.IsNullOrEmpty(options.Username))
        {
            faults.Add("Smtp:Password is set without Smtp:Username. Set both, or neither for a server that asks for none.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
