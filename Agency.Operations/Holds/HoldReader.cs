using Agency.Data;
using Agency.Data.Scheduling;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Holds;

/// <summary>Shows holds to the agency's people.</summary>
internal sealed class HoldReader(CompanyScope companies, CallerDatabase database, TimeProvider time)
{
    /// <param name="client">With those that hold everything; null shows all.</param>
    /// <param name="includeEnded">Also those that are over or were lifted.</param>
    /// <param name="cursor">Where the page begins.</param>
    /// <param name="limit">How many rows at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Result<Page<HoldView>>> ListAsync(string? client, bool includeEnded, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var now = time.Now();
        return await database.ReadPageAsync(
            companies,
            new PageRequest(client, cursor, limit),
            (AgencyDbContext context, Position? from) => Select(context, from, includeEnded ? null : now),
            h => new Position(h.StartsAt, h.HoldId),
            h => HoldView.Of(h, now),
            cancellationToken);
    }

    private static IQueryable<WorkHold> Select(AgencyDbContext context, Position? from, DateTimeOffset? endingAfter)
    {
        var query = from is null
            ? context.WorkHolds
            : context.WorkHolds.FromSql($"select * from work_hold where (starts_at, hold_id) < ({from.StartsAt}, {from.Id})");
        var company = context.Tenant;
        query = company is null ? query.AsNoTracking() : query.AsNoTracking().Where(h => h.CompanyId == null || h.CompanyId == company);
        query = endingAfter is null ? query : query.Where(h => h.EndsAt == null || (h.EndsAt > endingAfter && h.EndsAt > h.StartsAt));
        return query.OrderByDescending(h => h.StartsAt).ThenByDescending(h => h.HoldId);
    }

    private sealed record Position(DateTimeOffset StartsAt, Guid Id);
}
