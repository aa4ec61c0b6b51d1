using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Secrets;

/// <summary>Shows which secrets there are.</summary>
internal sealed class SecretReader(CompanyScope companies, CallerDatabase database)
{
    public Task<Result<Page<SecretView>>> ListAsync(string? client, string? cursor, int limit, CancellationToken cancellationToken) =>
        database.ReadPageAsync(
            companies,
            new PageRequest(client, cursor, limit),
            (AgencyDbContext context, Position? from) => Select(context, from),
            s => new Position(s.Client.Value, s.Name),
            cancellationToken);

    // Not even the ciphertexts leave the database.
    private static IQueryable<SecretView> Select(AgencyDbContext context, Position? from)
    {
        var query = from is null
            ? context.CompanySecrets
            : context.CompanySecrets.FromSql($"select * from company_secret where (company_id, name) > ({from.Company}, {from.Name})");
        return query.AsNoTracking().OrderBy(s => s.CompanyId).ThenBy(s => s.Name)
            .Select(s => new SecretView(s.CompanyId, s.Name, s.SetAt, s.SetBy, s.LastUsedAt, s.Origin));
    }

    private sealed record Position(string Company, string Name);
}
