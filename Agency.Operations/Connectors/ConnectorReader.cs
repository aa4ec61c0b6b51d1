using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Connectors;

/// <summary>Shows which connectors there are.</summary>
internal sealed class ConnectorReader(CompanyScope companies, CallerDatabase database)
{
    public Task<Result<Page<ConnectorView>>> ListAsync(string? client, string? cursor, int limit, CancellationToken cancellationToken) =>
        database.ReadPageAsync(
            companies,
            new PageRequest(client, cursor, limit),
            (AgencyDbContext context, Position? from) => Select(context, from),
            c => new Position(c.Client.Value, c.Name),
            cancellationToken);

    private static IQueryable<ConnectorView> Select(AgencyDbContext context, Position? from)
    {
        var query = from is null
            ? context.Connectors
            : context.Connectors.FromSql($"select * from connector where (company_id, name) > ({from.Company}, {from.Name})");
        return query.AsNoTracking().OrderBy(c => c.CompanyId).ThenBy(c => c.Name)
            .Select(c => new ConnectorView(c.CompanyId, c.Name, c.Url, c.SecretName, c.Header, c.SetAt, c.SetBy));
    }

    private sealed record Position(string Company, string Name);
}
