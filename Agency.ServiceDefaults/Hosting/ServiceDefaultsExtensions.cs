using Agency.ServiceDefaults.Limits;
using Agency.ServiceDefaults.Secrets;
using Agency.ServiceDefaults.Telemetry;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Hosting;

/// <summary>What every service does alike.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>The largest request body that a service reads: a file of 20 MB in base64 does not travel in one request.</summary>
    public const long MaxRequestBodyBytes = 25L * 1024 * 1024;

    private const string LiveTag = "live";

    /// <summary>The ports of a user's own machine, used when nothing says where to listen.</summary>
    private static readonly Dictionary<string, int> LocalPorts = new(StringComparer.Ordinal)
    {
        ["operations"] = 5101,
        ["context"] = 5102,
        ["health"] = 5103,
        ["scheduler"] = 5104,
    };

    /// <summary>For a web service: everything below, and how Kestrel listens. <paramref name="serverName"/> is the resource's name, such as "operations".</summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string serverName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ((IHostApplicationBuilder)builder).AddServiceDefaults(serverName);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
        });
        if (!ListeningIsConfigured(builder.Configuration))
        {
            builder.WebHost.UseUrls($"http://127.0.0.1:{LocalPorts.GetValueOrDefault(serverName, 5100)}");
        }

        builder.Services.AddRateLimiter(_ => { });
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LimitOptions>, LimitOptionsValidator>());
        builder.Services.AddOptions<LimitOptions>().BindConfiguration(LimitOptions.Section).ValidateOnStart();
        builder.Services.AddOptions<HostFilteringOptions>().PostConfigure<IConfiguration>(FilterHostsOnLoopback);
        return builder;
    }

    /// <summary>
    /// Telemetry, health checks, service discovery, resilient HTTP clients, the clock, wake-ups, <see cref="AgencyMode"/>, and leaving with the
    /// parent process where that is asked for.
    /// </summary>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder, string serverName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(serverName);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        QuietLibraries(builder);
        builder.AddSecretRedaction();
        builder.AddAgencyTelemetry(serverName);
        builder.AddWakeUps();

        services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        services.AddServiceDiscovery();
        services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AgencyModeOptions>, AgencyModeValidator>());
        services.AddOptions<AgencyModeOptions>().ValidateOnStart().Configure<IConfiguration>((options, configuration) =>
        {
            options.ProductionMode = configuration["PRODUCTION_MODE"];
            options.JulesCompany = configuration["JULES_COMPANY"];
        });
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<AgencyModeOptions>>().Value.ToMode());
        services.AddHostedService<ParentWatch>();
        return builder;
    }

    /// <summary>
    /// <c>/health</c>: ready to serve. <c>/alive</c>: the process answers. Both anonymous, both one word. Everything that is mapped, before or after, is
    /// limited by caller (<see cref="LimitOptions"/>).
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseCallerLimits();
        app.MapHealthChecks("/health").AllowAnonymous();
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) }).AllowAnonymous();
        return app;
    }

    /// <summary>What libraries say of every call is for whoever asks for it by configuration; what they warn of is for everyone.</summary>
    private static void QuietLibraries(IHostApplicationBuilder builder)
    {
        foreach (var library in (string[])["Microsoft", "System", "Polly", "ModelContextProtocol", "Npgsql", "OpenIddict"])
        {
            if (string.IsNullOrEmpty(builder.Configuration[$"Logging:LogLevel:{library}"]))
            {
                builder.Logging.AddFilter(library, LogLevel.Warning);
            }
        }
    }

    private static bool ListeningIsConfigured(IConfiguration configuration) =>
        !string.IsNullOrEmpty(configuration["urls"]) || !string.IsNullOrEmpty(configuration["http_ports"]) || !string.IsNullOrEmpty(configuration["https_ports"])
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();

    /// <summary>
    /// A server that listens on loopback only answers only to loopback's names and its public one: a page in the user's browser
    /// must not reach it under a name of its own that was made to resolve to 127.0.0.1.
    /// </summary>
    private static void FilterHostsOnLoopback(HostFilteringOptions options, IConfiguration configuration)
    {
        var urls = (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var loopbackOnly = !ListeningIsConfigured(configuration)
            || (!string.IsNullOrEmpty(configuration["urls"]) && urls.All(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsLoopback));
        if (!string.IsNullOrEmpty(configuration["AllowedHosts"]) || !loopbackOnly)
        {
            return;
        }

        options.AllowedHosts = ["localhost", "127.0.0.1", "[::1]", .. PublicHosts(configuration)];
    }

    private static IEnumerable<string> PublicHosts(IConfiguration configuration) =>
        configuration.GetSection("Servers").GetChildren()
            .Select(server => Uri.TryCreate(server.Value, UriKind.Absolute, out var uri) ? uri.Host : "")
            .Where(host => host.Length > 0);
}
