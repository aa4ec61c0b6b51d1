using Agency.Data.Notifications;
using Agency.ServiceDefaults.Secrets;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Operations.Notifications;

/// <summary>Delivers the outbox's notifications through the configured channels.</summary>
internal sealed partial class OutboxSender(
    OutboxStore store, IEnumerable<IDeliveryChannel> channels, CompanySecretReader secrets, IOptions<OutboxOptions> options, IWakeUps wakeUps, TimeProvider time,
    ILogger<OutboxSender> logger)
    : BackgroundService
{
    private const int Batch = 8;
    private const int Parallelism = 4;
    private const int MaxErrorLength = 500;

    // A batch is done well within the lease: two rounds of four attempts.
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private readonly ILogger _logger = logger;
    private readonly IReadOnlyDictionary<NotificationChannel, IDeliveryChannel> _channels =
        channels.Where(channel => channel.IsConfigured).ToDictionary(channel => channel.Channel);

    /// <summary>One round: how many notifications were expanded and deliveries attempted.</summary>
    internal async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        NotificationChannel[] configured = [.. _channels.Keys];
        var expanded = await store.ExpandAsync(configured, time.Now(), cancellationToken);
        var claimed = configured.Length == 0
            ? []
            : await store.ClaimAsync(configured, options.Value.MaxAttempts, Batch, Lease, time.Now(), cancellationToken);
        await Parallel.ForEachAsync(
            claimed,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (delivery, token) => await DeliverAsync(delivery, token));
        if (expanded + claimed.Count > 0)
        {
            await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        }

        return expanded + claimed.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_channels.Keys.Any(channel => channel is not NotificationChannel.ClientSlack))
        {
            NoChannel(_logger);
        }

        using var loop = new WakeUpLoop(wakeUps, Topics.Notifications, time);
        var interval = TimeSpan.FromSeconds(options.Value.PollSeconds);
        while (!stoppingToken.IsCancellationRequested)
        {
            var done = 0;
            try
            {
                done = await RunOnceAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                DatabaseDown(_logger, e);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            if (done == 0)
            {
                try
                {
                    await loop.WaitAsync(interval, stoppingToken);
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    return;
                }
            }
        }
    }

    private async Task DeliverAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        var outcome = await AttemptAsync(delivery, cancellationToken);
        var (now, id) = (time.Now(), delivery.Message.NotificationId);
        if (outcome.Error is null)
        {
            await store.DeliveredAsync(delivery, now, CancellationToken.None);
            Delivered(_logger, id, delivery.Channel, delivery.Attempt);
            return;
        }

        var error = outcome.Error.Length <= MaxErrorLength ? outcome.Error : outcome.Error[..MaxErrorLength];
        if (outcome.Permanent || delivery.Attempt >= options.Value.MaxAttempts)
        {
            await store.FailedAsync(delivery, error, now, CancellationToken.None);
            GivenUp(_logger, id, delivery.Channel, delivery.Attempt, error);
            return;
        }

        var delay = options.Value.Delay(delivery.Attempt);
        var longest = TimeSpan.FromSeconds(options.Value.RetryMaxSeconds);
        if (outcome.RetryAfter is { } asked && asked > delay)
        {
            delay = asked < longest ? asked : longest;
        }

        await store.RetryAsync(delivery, error, now + delay, CancellationToken.None);
        WillRetry(_logger, id, delivery.Channel, delivery.Attempt, delay, error);
    }

    /// <summary>Whatever one attempt does, the others go on.</summary>
    private async Task<DeliveryOutcome> AttemptAsync(ClaimedDelivery delivery, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _channels[delivery.Channel].SendAsync(await WithoutSecretsAsync(delivery.Message, either.Token), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryOutcome($"No answer within {AttemptTimeout.TotalSeconds:0} seconds.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new DeliveryOutcome($"{e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>Whatever wrote the message, it leaves without the client's secrets.</summary>
    private async Task<OutgoingMessage> WithoutSecretsAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var redactor = CompanySecretReader.RedactorOf(await secrets.ReadAsync(message.Company, cancellationToken));
        return redactor.IsEmpty ? message : message with { Subject = redactor.Redact(message.Subject), Body = redactor.Redact(message.Body) };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "No notification channel is configured (Slack:WebhookUrl, Smtp:Host): notifications are recorded and shown, and go nowhere.")]
    private static partial void NoChannel(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Notification {NotificationId} was delivered by {Channel}, attempt {Attempt}.")]
    private static partial void Delivered(ILogger logger, Guid notificationId, NotificationChannel channel, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {NotificationId} by {Channel}: attempt {Attempt} failed, next in {Delay}. {Error}")]
    private static partial void WillRetry(ILogger logger, Guid notificationId, NotificationChannel channel, int attempt, TimeSpan delay, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Notification {NotificationId} by {Channel}: given up after attempt {Attempt}. {Error}")]
    private static partial void GivenUp(ILogger logger, Guid notificationId, NotificationChannel channel, int attempt, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox waits: the database does not answer.")]
    private static partial void DatabaseDown(ILogger logger, Exception exception);
}
