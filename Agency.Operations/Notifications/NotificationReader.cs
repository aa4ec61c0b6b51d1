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
    public async Task<Result<Page<NotificationView>>> ListAsync(string? client, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var scope = companies.ResolveOptional(client);
        var from = Cursor.Decode<Position>(cursor);
        if ((scope.Error ?? from.Error ?? Paging.Check(limit).Error) is { } error)
        {
            return error;
        }

        await using var context = database.Open(scope.Value);
        if (scope.Value is { } company && await context.FindCompanyAsync(company, cancellationToken) is { IsSuccess: false } unknown)
        {
            return unknown.Error!;
        }

        var query = from.Value is { } position
            ? context.Notifications.FromSql($"select * from notification where (created_at, notification_id) < ({position.CreatedAt}, {position.Id})")
            : context.Notifications;
        var rows = await query.AsNoTracking()
            .OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.NotificationId).Take(limit + 1).ToListAsync(cancellationToken);
        Guid[] ids = [.. rows.Select(n => n.NotificationId)];
        var deliveries = (await context.NotificationDeliveries.AsNoTracking().Where(d => ids.Contains(d.NotificationId)).ToListAsync(cancellationToken))
            .ToLookup(d => (d.CompanyId, d.NotificationId));
        return Page.From(
            [.. rows.Select(n => View(n, deliveries[(n.CompanyId, n.NotificationId)]))], limit, (NotificationView n) => new Position(n.CreatedAt, n.NotificationId));
    }

    private NotificationView View(Notification n, IEnumerable<NotificationDelivery> deliveries) => new(
        n.CompanyId,
        n.NotificationId,
        n.Kind,
        n.Subject,
        n.Body,
        n.CreatedAt,
        [.. deliveries.OrderBy(d => d.Channel).Select(d => new DeliveryView(
            // How the agency's own mail and chat fail is no client's business.
            d.Channel, d.Status, d.Attempts, d.AvailableAt, d.DeliveredAt, caller.IsAgency ? d.LastError : null))]);

    private sealed record Position(DateTimeOffset CreatedAt, Guid Id);
}
