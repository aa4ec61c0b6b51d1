using Agency.Data;
using Agency.Data.Notifications;
using Agency.Data.Tenancy;
using Agency.Operations.Secrets;
using Npgsql;
using NpgsqlTypes;

namespace Agency.Operations.Notifications;

/// <summary>One attempt at a delivery. <paramref name="Attempt"/> is its fencing number too: a later attempt has a higher one.</summary>
internal sealed record ClaimedDelivery(OutgoingMessage Message, NotificationChannel Channel, int Attempt);

/// <summary>The outbox in the database: set-based, safe with any number of senders.</summary>
internal sealed class OutboxStore(AgencyDatabase database)
{
    private const int Batch = 100;

    private static readonly string Pending = SnakeCase.Of(DeliveryStatus.Pending);
    private static readonly string Delivered = SnakeCase.Of(DeliveryStatus.Delivered);
    private static readonly string Failed = SnakeCase.Of(DeliveryStatus.Failed);

    /// <summary>
    /// Gives each new notification its deliveries, that of the client's own channel where the client has one; without any a row that says so. Returns how
    /// many notifications.
    /// </summary>
    public async Task<int> ExpandAsync(IReadOnlyCollection<NotificationChannel> channels, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("""
            with fresh as (
                select company_id, notification_id from notification
                where dispatched_at is null order by created_at limit $1 for update skip locked),
            owned as (
                select f.*, $4 and exists (select from company_secret s where s.company_id = f.company_id and s.name = $5) as own from fresh f),
            wanted as (
                select o.company_id, o.notification_id, c.channel, $6 as status from owned o cross join unnest($3) c (channel)
                union all select o.company_id, o.notification_id, $7, $6 from owned o where o.own
                union all select o.company_id, o.notification_id, $8, $9 from owned o where not o.own and cardinality($3) = 0),
            deliveries as (
                insert into notification_delivery (company_id, notification_id, channel, status, attempts, available_at)
                select company_id, notification_id, channel, status, 0, $2 from wanted
                on conflict do nothing)
            update notification n set dispatched_at = $2 from fresh f
            where n.company_id = f.company_id and n.notification_id = f.notification_id
            """, connection);
        command.Parameters.AddWithValue(Batch);
        command.Parameters.AddWithValue(now);
        command.Parameters.AddWithValue(channels.Where(channel => channel is not NotificationChannel.ClientSlack).Select(SnakeCase.Of).ToArray());
        command.Parameters.AddWithValue(channels.Contains(NotificationChannel.ClientSlack));
        command.Parameters.AddWithValue(SecretDesk.SlackWebhook);
        command.Parameters.AddWithValue(Pending);
        command.Parameters.AddWithValue(SnakeCase.Of(NotificationChannel.ClientSlack));
        command.Parameters.AddWithValue(SnakeCase.Of(NotificationChannel.None));
        command.Parameters.AddWithValue(SnakeCase.Of(DeliveryStatus.NotConfigured));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Takes due deliveries and counts the attempt before it is made. Until <paramref name="lease"/> has passed nobody else takes them; a sender
    /// that dies loses an attempt and no more.
    /// </summary>
    public async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(
        IReadOnlyCollection<NotificationChannel> channels, int maxAttempts, int count, TimeSpan lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await FailExhaustedAsync(connection, maxAttempts, now, cancellationToken);
        await using var command = new NpgsqlCommand("""
            with due as (
                select company_id, notification_id, channel from notification_delivery
                where status = 'pending' and available_at <= $1 and channel = any ($2)
                order by available_at limit $3 for update skip locked)
            update notification_delivery d set attempts = d.attempts + 1, available_at = $4
            from due, notification n
            where d.company_id = due.company_id and d.notification_id = due.notification_id and d.channel = due.channel
              and n.company_id = d.company_id and n.notification_id = d.notification_id
            returning d.company_id, d.notification_id, n.kind, n.subject, n.body, n.created_at, d.channel, d.attempts
            """, connection);
        command.Parameters.AddWithValue(now);
        command.Parameters.AddWithValue(channels.Select(SnakeCase.Of).ToArray());
        command.Parameters.AddWithValue(count);
        command.Parameters.AddWithValue(now + lease);
        var claimed = new List<ClaimedDelivery>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var message = new OutgoingMessage(
                new CompanyId(reader.GetString(0)),
                reader.GetGuid(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                await reader.GetFieldValueAsync<DateTimeOffset>(5, cancellationToken));
            claimed.Add(new ClaimedDelivery(message, SnakeCase.Parse<NotificationChannel>(reader.GetString(6)), reader.GetInt32(7)));
        }

        return claimed;
    }

    public Task DeliveredAsync(ClaimedDelivery delivery, DateTimeOffset now, CancellationToken cancellationToken) =>
        SettleAsync(delivery, Delivered, now, now, null, cancellationToken);

    public Task FailedAsync(ClaimedDelivery delivery, string error, DateTimeOffset now, CancellationToken cancellationToken) =>
        SettleAsync(delivery, Failed, now, null, error, cancellationToken);

    public Task RetryAsync(ClaimedDelivery delivery, string error, DateTimeOffset availableAt, CancellationToken cancellationToken) =>
        SettleAsync(delivery, Pending, availableAt, null, error, cancellationToken);

    private async Task SettleAsync(
        ClaimedDelivery delivery, string status, DateTimeOffset availableAt, DateTimeOffset? deliveredAt, string? error, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("""
            update notification_delivery set status = $5, available_at = $6, delivered_at = $7, last_error = coalesce($8, last_error)
            where company_id = $1 and notification_id = $2 and channel = $3 and attempts = $4 and status = 'pending'
            """, connection);
        command.Parameters.AddWithValue(delivery.Message.Company.Value);
        command.Parameters.AddWithValue(delivery.Message.NotificationId);
        command.Parameters.AddWithValue(SnakeCase.Of(delivery.Channel));
        command.Parameters.AddWithValue(delivery.Attempt);
        command.Parameters.AddWithValue(status);
        command.Parameters.AddWithValue(availableAt);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)deliveredAt ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Those whose last attempt never told its outcome.</summary>
    private static async Task FailExhaustedAsync(NpgsqlConnection connection, int maxAttempts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            update notification_delivery set status = 'failed', last_error = coalesce(last_error, 'The sender stopped in the middle of the last attempt.')
            where status = 'pending' and available_at <= $1 and attempts >= $2
            """, connection);
        command.Parameters.AddWithValue(now);
        command.Parameters.AddWithValue(maxAttempts);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
