using Agency.Data;
using Agency.Data.Scheduling;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Findings;

/// <summary>Something that the scheduler's watchdog noticed.</summary>
/// <param name="FindingId">Its id.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Client">The client; null when it concerns all.</param>
/// <param name="Subject">Id of the workflow or run; empty when it is about the client or the whole queue.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="OpenedAt">When it was noticed.</param>
/// <param name="SeenAt">When it was last seen to be so.</param>
/// <param name="ClosedAt">When it was no longer so; null while it is.</param>
internal sealed record FindingView(
    Guid FindingId,
    FindingKind Kind,
    CompanyId? Client,
    string Subject,
    string Message,
    DateTimeOffset OpenedAt,
    DateTimeOffset SeenAt,
    DateTimeOffset? ClosedAt)
{
    public static FindingView Of(Finding finding) => new(
        finding.FindingId,
        finding.Kind,
        finding.CompanyId,
        finding.Subject,
        finding.Message,
        finding.OpenedAt,
        finding.SeenAt,
        finding.ClosedAt);
}

/// <summary>Shows findings to the agency's people.</summary>
internal sealed class FindingReader(CompanyScope companies, CallerDatabase database)
{
    /// <param name="client">With those that concern all; null shows every one.</param>
    /// <param name="kind">Only of this kind.</param>
    /// <param name="includeClosed">Also those that are no longer so.</param>
    /// <param name="cursor">Where the page begins.</param>
    /// <param name="limit">How many rows at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Result<Page<FindingView>>> ListAsync(
        string? client, FindingKind? kind, bool includeClosed, string? cursor, int limit, CancellationToken cancellationToken) =>
        database.ReadPageAsync(
            companies,
            new PageRequest(client, cursor, limit),
            (AgencyDbContext context, Position? from) => Select(context, from, kind, includeClosed),
            f => new Position(f.OpenedAt, f.FindingId),
            FindingView.Of,
            cancellationToken);

    private static IQueryable<Finding> Select(AgencyDbContext context, Position? from, FindingKind? kind, bool includeClosed)
    {
        var query = from is null
            ? context.Findings
            : context.Findings.FromSql($"select * from finding where (opened_at, finding_id) < ({from.OpenedAt}, {from.Id})");
        var company = context.Tenant;
        query = company is null ? query.AsNoTracking() : query.AsNoTracking().Where(f => f.CompanyId == null || f.CompanyId == company);
        query = kind is null ? query : query.Where(f => f.Kind == kind);
        query = includeClosed ? query : query.Where(f => f.ClosedAt == null);
        return query.OrderByDescending(f => f.OpenedAt).ThenByDescending(f => f.FindingId);
    }

    private sealed record Position(DateTimeOffset OpenedAt, Guid Id);
}
