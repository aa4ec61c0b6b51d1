using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using ModelContextProtocol.AspNetCore.Authentication;

namespace Agency.ServiceDefaults.Identity;

/// <summary>Registers who may call.</summary>
public static class AgencyIdentityExtensions
{
    /// <summary>
    /// The authorization policy of everything that an agency token opens: use it with <c>RequireAuthorization</c>. A refusal is answered with
    /// 401 and the address of the protected-resource metadata.
    /// </summary>
    public const string CallerPolicy = "agency-caller";

    /// <summary>The scheme that validates agency tokens.</summary>
    public const string BearerScheme = JwtBearerDefaults.AuthenticationScheme;

    /// <summary>The scheme that validates tokens of the external authority, where there is one.</summary>
    internal const string ExternalScheme = "external";

    /// <summary>Chooses between the two by the issuer that a token names, which the chosen one then checks.</summary>
    internal const string AnyScheme = "agency";

    /// <summary>Validates agency tokens for the audience of <paramref name="serverName"/>. <c>AddAgencyMcp</c> calls it.</summary>
    public static IServiceCollection AddAgencyIdentity(this IHostApplicationBuilder builder, string serverName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddTokenOptions();
        services.AddHttpContextAccessor();
        services.TryAddSingleton(TimeProvider.System);
        services.Replace(ServiceDescriptor.Singleton<ICallerAccessor, HttpCallerAccessor>());
        services.TryAddSingleton<ITokenRevocation, NoTokenRevocation>();
        services.TryAddScoped(provider => provider.GetRequiredService<ICallerAccessor>().Current
            ?? throw new InvalidOperationException("There is no caller here. Outside a request use ICallerAccessor."));
        services.TryAddScoped<CompanyScope>();

        var authentication = services.AddAuthentication(AnyScheme)
            .AddPolicyScheme(AnyScheme, null, options => options.ForwardDefaultSelector = Choose)
            .AddJwtBearer()
            .AddMcp();
        services.AddOptions<ExternalAuthority>().BindConfiguration(ExternalAuthority.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ExternalAuthority>, ExternalAuthorityValidator>());
        if (ExternalAuthority.IsConfigured(builder.Configuration))
        {
            authentication.AddJwtBearer(ExternalScheme, _ => { });
            services.AddSingleton<IConfigureOptions<JwtBearerOptions>>(provider =>
                ActivatorUtilities.CreateInstance<ConfigureExternalBearer>(provider, serverName));
        }

        services.AddSingleton<IConfigureOptions<JwtBearerOptions>>(provider =>
            ActivatorUtilities.CreateInstance<ConfigureBearer>(provider, serverName));
        services.AddSingleton<IConfigureOptions<McpAuthenticationOptions>>(provider =>
            ActivatorUtilities.CreateInstance<ConfigureResourceMetadata>(provider, serverName));
        services.AddSingleton<IValidateOptions<TokenOptions>>(provider => new AudienceValidator(serverName, provider.GetRequiredService<ServerAddresses>()));

        // The MCP scheme forwards authentication to the bearer scheme and answers the challenge itself.
        services.AddAuthorizationBuilder().AddPolicy(CallerPolicy, policy => policy
            .AddAuthenticationSchemes(McpAuthenticationDefaults.AuthenticationScheme)
            .RequireAuthenticatedUser()
            .RequireAssertion(context => CallerClaims.TryRead(context.User, out _)));
        return services;
    }

    /// <summary>Registers <see cref="TokenIssuer"/>: for Operations and the scheduler, whose <c>Tokens:SigningKey</c> is set.</summary>
    public static IServiceCollection AddTokenIssuer(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddTokenOptions();
        builder.Services.AddOptions<TokenOptions>().Validate(
            options => !string.IsNullOrWhiteSpace(options.SigningKey),
            "Tokens:SigningKey is missing: this server issues tokens and needs its ES256 private key (PKCS#8 PEM). Set the environment variable Tokens__SigningKey.");
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<TokenIssuer>();
        return builder.Services;
    }

    private static string Choose(HttpContext http)
    {
        const string prefix = "Bearer ";
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            || string.IsNullOrWhiteSpace(http.RequestServices.GetRequiredService<IOptions<ExternalAuthority>>().Value.Authority))
        {
            return BearerScheme;
        }

        try
        {
            return new JsonWebToken(header[prefix.Length..].Trim()).Issuer is AgencyClaims.OperationsIssuer or AgencyClaims.SchedulerIssuer ? BearerScheme : ExternalScheme;
        }
        catch (ArgumentException)
        {
            // No token at all: either scheme refuses it.
            return BearerScheme;
        }
    }

    private static void AddTokenOptions(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TokenOptions>, TokenOptionsValidator>());
        services.AddOptions<TokenOptions>().BindConfiguration(TokenOptions.Section).ValidateOnStart();
        services.TryAddSingleton<ServerAddresses>();
    }

    /// <summary>A server without a public address has no audience: no token could be good for it.</summary>
    private sealed class AudienceValidator(string serverName, ServerAddresses servers) : IValidateOptions<TokenOptions>
    {
        public ValidateOptionsResult Validate(string? name, TokenOptions options)
        {
            try
            {
                _ = servers.Audience(serverName);
                return ValidateOptionsResult.Success;
            }
            catch (InvalidOperationException e)
            {
                return ValidateOptionsResult.Fail(e.Message);
            }
        }
    }
}
