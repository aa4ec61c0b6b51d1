using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agency.Data.Tenancy;

/// <summary>
/// A service's two ways into the database. The agency role sees all companies and serves operators and background loops; the tenant role
/// sees the one company that was named when the connection was opened, whatever the query says.
/// </summary>
public sealed class AgencyDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _agency;
    private readonly NpgsqlDataSource? _tenant;
    private readonly DbContextOptions<AgencyDbContext> _agencyOptions;
    private readonly DbContextOptions<AgencyDbContext>? _tenantOptions;

    /// <param name="agencyConnectionString">Login with the agency role.</param>
    /// <param name="tenantConnectionString">Login with the tenant role; null for a service that serves no company's calls.</param>
    /// <exception cref="ArgumentException">A connection string would let one tenant's setting reach another's connection.</exception>
    public AgencyDatabase(string agencyConnectionString, string? tenantConnectionString)
    {
        _agency = DataSources.Build(agencyConnectionString);
        _agencyOptions = DataSources.Options(_agency);
        if (tenantConnectionString is not null)
        {
            _tenant = DataSources.Build(tenantConnectionString);
            _tenantOptions = DataSources.Options(_tenant);
        }
    }

    /// <summary>All companies, or with <paramref name="company"/> the queries of one: for operators' requests and background loops.</summary>
    public AgencyDbContext OpenAgency(CompanyId? company = null) => new(_agencyOptions, company);

    /// <summary>One company and nothing else, enforced by the database.</summary>
    /// <exception cref="InvalidOperationException">The service has no tenant login.</exception>
    public AgencyDbContext OpenTenant(CompanyId company)
    {
        var options = new DbContextOptionsBuilder<AgencyDbContext>(_tenantOptions ?? throw NoTenantLogin())
            .AddInterceptors(new TenantConnectionInterceptor(company));
        return new AgencyDbContext(options.Options, company);
    }

    /// <summary>A plain connection with the agency role, for set-based SQL.</summary>
    public ValueTask<NpgsqlConnection> OpenAgencyConnectionAsync(CancellationToken cancellationToken) =>
        _agency.OpenConnectionAsync(cancellationToken);

    /// <summary>The logins in use, for the check that none of them is too powerful.</summary>
    public IEnumerable<NpgsqlDataSource> DataSourcesInUse => _tenant is null ? [_agency] : [_agency, _tenant];

    public async ValueTask DisposeAsync()
    {
        await _agency.DisposeAsync();
        if (_tenant is not null)
        {
            await _tenant.DisposeAsync();
        }
    }

    private static InvalidOperationException NoTenantLogin() =>
        new("This service has no tenant login: set ConnectionStrings:tenant.");
}
