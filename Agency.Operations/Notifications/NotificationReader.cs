using Agency.Data;
using Agency.Data.Notifications;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Notifications;

/// <summary>A notification on its way through one channel.</summary>
public sealed record DeliveryView(
    NotificationChannel Channel, DeliveryStatus Status, int Attempts, DateTimeOffset AvailableAt, DateTimeOffset? DeliveredAt, string? LastError);

/// <summary>A notification with its deliveries; none while they are not written yet.</summary>
public sealed record NotificationView(
    CompanyId Client, Guid NotificationId, string Kind, string Subject, string Body, DateTimeOffset CreatedAt, IReadOnlyList<DeliveryView> Deliveries);

/// <summary>Shows notifications and what became of them.</summary>
internal sealed class NotificationReader(CompanyScope companies, CallerDatabase database, Caller caller)
{
    public Task<Result<Page<NotificationView>>> ListAsync(string? client, string? cursor, int limit, CancellationToken cancellationToken) =>
        database.ReadPageAsync(
            companies,
            new PageRequest(client, cursor, limit),
            (AgencyDbContext context, Position? from) => Select(context, from),
            n => new Position(n.CreatedAt, n.NotificationId),
            (context, rows) => ViewsAsync(context, rows, cancellationToken),
            cancellationToken);

    private static IQueryable<Notification> Select(AgencyDbContext context, Position? from)
    {
        var query = from is null
            ? context.Notifications
            : context.Notifications.FromSql($"select * from notification where (created_at, notification_id) < ({from.CreatedAt}, {from.Id})");
        return query.AsNoTracking().OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.NotificationId);
    }

    private async Task<IReadOnlyList<NotificationView>> ViewsAsync(
        AgencyDbContext context, IReadOnlyList<Notification> rows, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. rows.Select(n => n.NotificationId)];
        var deliveries = (await context.NotificationDeliveries.AsNoTracking().Where(d => ids.Contains(d.NotificationId)).ToListAsync(cancellationToken))
            .ToLookup(d => (d.CompanyId, d.NotificationId));
        return [.. rows.Select(n => View(n, deliveries[(n.CompanyId, n.NotificationId)]))];
    }

    private NotificationView View(Notification n, IEnumerable<NotificationDelivery> deliveries) => new(
        n.CompanyId,
        n.NotificationId,
        n.Kind,
        n.Subject,
        n.Body,
        n.CreatedAt,
        [.. deliveries.OrderBy(d => d.Channel).Select(d => new DeliveryView(
            // How the agency's own mail and chat fail is no client's business; how its own webhook fails is.
            d.Channel, d.Status, d.Attempts, d.AvailableAt, d.DeliveredAt, caller.IsAgency || d.Channel is NotificationChannel.ClientSlack ? d.LastError : null))]);

    private sealed record Position(DateTimeOffset CreatedAt, Guid Id);
}
