using Agency.Data;
using Agency.Data.Companies;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.CompanyContext;

/// <summary>The company of a call and its content, opened with the tenant role.</summary>
internal sealed record ContentSession(Company Company, AgencyDbContext Db)
{
    public CompanyId Id => Company.CompanyId;
}

/// <summary>The one way to a company's content: the credential decides the company, the company must exist, the tenant role reads.</summary>
internal sealed class CompanyContent(CompanyScope scope, CallerDatabase database)
{
    /// <summary>Runs <paramref name="work"/> with the content of the company that <paramref name="client"/> names, as far as the caller may.</summary>
    public async Task<Result<T>> UseAsync<T>(string? client, Func<ContentSession, Task<Result<T>>> work, CancellationToken cancellationToken)
    {
        var company = scope.Resolve(client);
        if (!company.IsSuccess)
        {
            return company.Error;
        }

        await using var db = database.OpenContent(company.Value);
        var entry = await db.Companies.SingleOrDefaultAsync(c => c.CompanyId == company.Value, cancellationToken);
        return entry is null ? CompanyResolution.UnknownCompany(company.Value.Value) : await work(new ContentSession(entry, db));
    }
}
