using Agency.ServiceDefaults.Outbound;
using Agency.ServiceDefaults.Secrets.Redaction;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agency.ServiceDefaults.Secrets;

/// <summary>Registers what keeps companies' secrets.</summary>
public static class SecretExtensions
{
    /// <summary>The vault, and the guard over the addresses that secrets are sent to. Comes after the database.</summary>
    /// <param name="builder">The service's.</param>
    /// <param name="makesKeys">True for the kind of service that encrypts.</param>
    public static IHostApplicationBuilder AddCompanySecrets(this IHostApplicationBuilder builder, bool makesKeys)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<SecretOptions>().BindConfiguration(SecretOptions.Section).Configure(options => options.MakesKeys = makesKeys);
        services.TryAddSingleton<SecretVault>();
        services.TryAddSingleton<CompanySecretReader>();
        services.AddHostedService<KeyRingNotice>();
        return builder.AddOutboundGuard();
    }

    /// <summary>Takes the secrets that this process has decrypted out of its logs.</summary>
    internal static void AddSecretRedaction(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton<LiveSecrets>();
        services.TryAddSingleton<LoggerFactory>();
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(provider =>
            new RedactingLoggerFactory(provider.GetRequiredService<LoggerFactory>(), provider.GetRequiredService<LiveSecrets>())));
    }
}
