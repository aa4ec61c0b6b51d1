using Agency.Data.Notifications;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Agency.Operations.Notifications;

/// <summary>Sends e-mail by SMTP.</summary>
internal sealed class EmailChannel(IOptions<SmtpOptions> options) : IDeliveryChannel
{
    private const int ImplicitTlsPort = 465;

    private readonly SmtpOptions _options = options.Value;

    public NotificationChannel Channel => NotificationChannel.Email;

    public bool IsConfigured => !string.IsNullOrWhiteSpace(_options.Host);

    public async Task<DeliveryOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        using var mail = Compose(message);
        using var client = new SmtpClient();
        try
        {
            await client.ConnectAsync(_options.Host!, _options.Port, Security(), cancellationToken);
            if (!string.IsNullOrEmpty(_options.Username))
            {
                await client.AuthenticateAsync(_options.Username, _options.Password ?? "", cancellationToken);
            }

            await client.SendAsync(mail, cancellationToken);
        }
        catch (SmtpCommandException e)
        {
            var permanent = (int)e.StatusCode >= 500 && e.ErrorCode is not SmtpErrorCode.UnexpectedStatusCode;
            return new DeliveryOutcome($"The mail server answered {(int)e.StatusCode}: {e.Message}", permanent);
        }

        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SmtpProtocolException)
        {
            // It has been accepted; how the connection ends is no matter.
        }

        return DeliveryOutcome.Delivered;
    }

    private SecureSocketOptions Security() => (_options.UseTls, _options.Port) switch
    {
        (false, _) => SecureSocketOptions.None,
        (true, ImplicitTlsPort) => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.StartTls,
    };

    private MimeMessage Compose(OutgoingMessage message)
    {
        var from = MailboxAddress.Parse(_options.From!);
        var mail = new MimeMessage
        {
            Subject = string.Join(' ', message.Subject.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)),
            Body = new TextPart("plain") { Text = message.Body },
            Date = message.CreatedAt,
            MessageId = $"{message.NotificationId:N}.{message.Company}@{from.Domain}",
        };
        mail.From.Add(from);
        mail.To.AddRange(InternetAddressList.Parse(_options.To!));
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        return mail;
    }
}
