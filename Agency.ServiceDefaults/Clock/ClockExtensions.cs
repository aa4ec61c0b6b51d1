using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agency.ServiceDefaults.Clock;

/// <summary>Registers the one clock.</summary>
public static class ClockExtensions
{
    /// <summary>
    /// The database's time as the service's <see cref="TimeProvider"/>. Needs <c>AddAgencyDatabase</c>; the hosted services that are added afterwards
    /// find it set.
    /// </summary>
    public static IServiceCollection AddDatabaseClock(this IServiceCollection services)
    {
        services.AddSingleton(new MachineClock(TimeProvider.System));
        services.AddSingleton<DatabaseClock>();
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>()));
        services.AddHostedService<ClockService>();
        return services;
    }
}
