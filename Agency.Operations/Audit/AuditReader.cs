using Agency.Data;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Audit;

/// <summary>Which entries are asked for; null is any.</summary>
internal sealed record AuditFilter(string? Client, string? Actor, string? Action, AuditOutcome? Outcome, string? From, string? To);

/// <summary>Shows the audit log to the agency's people.</summary>
internal sealed class AuditReader(CompanyScope companies, CallerDatabase database)
{
    public async Task<Result<Page<AuditEntryView>>> ListAsync(
        AuditFilter filter, bool details, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var (from, to) = (Instants.ParseOptional("from", filter.From), Instants.ParseOptional("to", filter.To));
        if ((from.Error ?? to.Error) is { } error)
        {
            return error;
        }

        return await database.ReadPageAsync(
            companies,
            new PageRequest(filter.Client, cursor, limit),
            (AgencyDbContext context, Position? position) => Select(context, filter, from.Value, to.Value, position),
            e => new Position(e.At, e.Chain, e.Seq),
            e => AuditEntryView.Of(e, details),
            cancellationToken);
    }

    private static IQueryable<AuditEntry> Select(AgencyDbContext context, AuditFilter filter, DateTimeOffset? from, DateTimeOffset? to, Position? position)
    {
        var query = position is null
            ? context.AuditLog
            : context.AuditLog.FromSql($"select * from audit_log where at <= {position.At} and (at, chain, seq) < ({position.At}, {position.Chain}, {position.Seq})");
        if (context.Tenant is { } company)
        {
            // By the chain, which the key begins with.
            query = query.Where(e => e.Chain == company.Value);
        }

        var outcome = filter.Outcome is { } asked ? SnakeCase.Of(asked) : null;
        query = query.AsNoTracking().Where(e =>
            (filter.Actor == null || e.Actor == filter.Actor || e.TokenId == filter.Actor)
            && (filter.Action == null || e.Action == filter.Action)
            && (outcome == null || e.Outcome == outcome)
            && (from == null || e.At >= from)
            && (to == null || e.At < to));
        return query.OrderByDescending(e => e.At).ThenByDescending(e => e.Chain).ThenByDescending(e => e.Seq);
    }

    private sealed record Position(DateTimeOffset At, string Chain, long Seq);
}
