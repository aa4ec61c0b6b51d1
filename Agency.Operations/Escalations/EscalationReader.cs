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
        var workflow = RegistryErrors.ReadFilter(workflowId);
        return workflow.IsSuccess
            ? await database.ReadPageAsync(
                companies,
                new PageRequest(client, cursor, limit),
                (AgencyDbContext context, Position? from) => Select(context, from, workflow.Value, status),
                e => new Position(e.OpenedAt, e.EscalationId),
                EscalationView.Of,
                cancellationToken)
            : workflow.Error;
    }

    private static IQueryable<Escalation> Select(AgencyDbContext context, Position? from, WorkflowId? workflow, EscalationStatus? status)
    {
        var query = from is null
            ? context.Escalations
            : context.Escalations.FromSql($"select * from escalation where (opened_at, escalation_id) < ({from.OpenedAt}, {from.Id})");
        query = workflow is null ? query.AsNoTracking() : query.AsNoTracking().Where(e => e.WorkflowId == workflow);
        query = status is null ? query : query.Where(e => e.Status == status);
        return query.OrderByDescending(e => e.OpenedAt).ThenByDescending(e => e.EscalationId);
    }

    private sealed record Position(DateTimeOffset OpenedAt, Guid Id);
}
