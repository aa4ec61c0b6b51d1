using Agency.Data;
using Agency.Data.Escalations;
using Agency.Operations.Registry;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Escalations;

/// <summary>Shows escalations.</summary>
internal sealed class EscalationReader(CompanyScope companies, CallerDatabase database)
{
    public async Task<Result<Page<EscalationView>>> ListAsync(
        string? client, string? workflowId, EscalationStatus? status, string? cursor, int limit, CancellationToken cancellationToken)
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
            ? context.Escalations.FromSql($"select * from escalation where (opened_at, escalation_id) < ({position.OpenedAt}, {position.Id})")
            : context.Escalations;
        query = query.AsNoTracking();
        if (!string.IsNullOrEmpty(workflowId))
        {
            if (!WorkflowId.TryParse(workflowId, out var wanted))
            {
                return RegistryErrors.BadId();
            }

            query = query.Where(e => e.WorkflowId == wanted);
        }

        if (status is { } only)
        {
            query = query.Where(e => e.Status == only);
        }

        var rows = await query.OrderByDescending(e => e.OpenedAt).ThenByDescending(e => e.EscalationId).Take(limit + 1).ToListAsync(cancellationToken);
        return Page.From([.. rows.Select(EscalationView.Of)], limit, (EscalationView e) => new Position(e.OpenedAt, e.EscalationId));
    }

    private sealed record Position(DateTimeOffset OpenedAt, Guid Id);
}
