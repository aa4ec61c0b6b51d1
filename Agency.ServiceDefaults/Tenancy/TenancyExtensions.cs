using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Auditing;
using Agency.ServiceDefaults.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Agency.ServiceDefaults.Tenancy;

/// <summary>Registers the way into the database.</summary>
public static class TenancyExtensions
{
    /// <summary>
    /// <see cref="AgencyDatabase"/> and <see cref="CallerDatabase"/> over <c>ConnectionStrings:agency</c> and, where the service has one,
    /// <c>ConnectionStrings:tenant</c>; the revocation list and that of frozen clients; the audit log; a health check; and the refusal to start with a login that row level security
    /// does not bind.
    /// </summary>
    public static IHostApplicationBuilder AddAgencyDatabase(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddSingleton(provider => Create(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<LoginCheck>();
        services.AddHostedService(provider => provider.GetRequiredService<LoginCheck>());
        services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
        services.TryAddSingleton<ICallerAccessor, NoCaller>();
        services.AddSingleton<CallerDatabase>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<RefusalLog>();
        services.AddHostedService(provider => provider.GetRequiredService<RefusalLog>());
        services.AddSingleton<IFrozenClients, FrozenClients>();
        services.Replace(ServiceDescriptor.Singleton<ITokenRevocation, DatabaseTokenRevocation>());
        return builder;
    }

    private static AgencyDatabase Create(IConfiguration configuration)
    {
        var agency = configuration.GetConnectionString("agency");
        if (string.IsNullOrWhiteSpace(agency))
        {
            throw new InvalidOperationException("No connection string for the agency role: set ConnectionStrings__agency.");
        }

        var tenant = configuration.GetConnectionString("tenant");
        return new AgencyDatabase(agency, string.IsNullOrWhiteSpace(tenant) ? null : tenant);
    }

    private sealed class NoCaller : ICallerAccessor
    {
        public Caller? Current => null;
    }
}
