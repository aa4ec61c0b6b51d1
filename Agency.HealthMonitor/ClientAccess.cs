using Agency.Data;
using Agency.Data.Companies;
using Agency.Data.Workflows;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.HealthMonitor;

/// <summary>From a tool's <c>client</c> argument to that company's data, with the caller's role.</summary>
internal sealed class ClientAccess(CompanyScope companies, CallerDatabase database)
{
    /// <summary>Answers the call with an error when the caller has no such company.</summary>
    public async Task<ClientSession> OpenAsync(string? client, CancellationToken cancellationToken)
    {
        var id = companies.Resolve(client).OrThrow();
        var context = database.Open(id);
        try
        {
            var company = await context.Companies.AsNoTracking().FirstOrDefaultAsync(c => c.CompanyId == id, cancellationToken);
            Result<Company> found = company is null ? CompanyResolution.UnknownCompany(id.Value) : company;
            return new ClientSession(context, found.OrThrow());
        }
        catch
        {
            await context.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every company that the caller may see.</summary>
    public AgencyDbContext OpenAll() => database.Open();
}

/// <summary>One company and its data.</summary>
internal sealed class ClientSession(AgencyDbContext context, Company company) : IAsyncDisposable
{
    public AgencyDbContext Context { get; } = context;

    public CompanyId Id => Company.CompanyId;

    public Company Company { get; } = company;

    public TimeZoneInfo Zone { get; } = Schedule.FindZone(company.TimeZone) is { IsSuccess: true } zone ? zone.Value : TimeZoneInfo.Utc;

    public ValueTask DisposeAsync() => Context.DisposeAsync();
}
