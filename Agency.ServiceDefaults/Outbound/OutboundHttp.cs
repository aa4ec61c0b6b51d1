using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Outbound;

/// <summary>HTTP to addresses that clients set, and to no other.</summary>
public static class OutboundHttp
{
    /// <summary>Registers the <see cref="OutboundGuard"/>.</summary>
    public static IHostApplicationBuilder AddOutboundGuard(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OutboundOptions>, OutboundOptionsValidator>());
        services.AddOptions<OutboundOptions>().BindConfiguration(OutboundOptions.Section).ValidateOnStart();
        services.TryAddSingleton<IHostResolver, SystemHostResolver>();
        services.TryAddSingleton<OutboundGuard>();
        return builder;
    }

    /// <summary>
    /// Connects through the guard. No proxy, which would resolve names itself; no redirects, cookies or trace headers; no diagnostics, because an address
    /// may be a secret. The response's headers are bounded here, its body by the caller.
    /// </summary>
    public static SocketsHttpHandler CreateHandler(OutboundGuard guard)
    {
        ArgumentNullException.ThrowIfNull(guard);
        return new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = guard.ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 32,
        };
    }

    /// <summary>The guard's refusal behind an HTTP failure; null when it failed for another reason.</summary>
    public static OutboundRefusedException? Refusal(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is OutboundRefusedException refusal)
            {
                return refusal;
            }
        }

        return null;
    }
}
