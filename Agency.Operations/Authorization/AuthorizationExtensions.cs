using Agency.Data;
using Agency.Data.Tenancy;
using Agency.Operations.Authorization.Consent;
using Agency.Operations.Authorization.Registration;
using Agency.Operations.Authorization.Server;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Limits;
using Microsoft.Extensions.Options;
using OpenIddict.EntityFrameworkCore.Models;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Agency.Operations.Authorization;

/// <summary>
/// The OAuth authorization server of all MCP servers, so that a person adds one by its address alone: metadata, registration of clients, sign-in, consent,
/// tokens. An external authority takes its place.
/// </summary>
internal static class AuthorizationExtensions
{
    private const string Limit = "oauth";
    private const int PerMinute = 120;
    private const int FormBytes = 64 * 1024;

    public static WebApplicationBuilder AddAuthorizationServer(this WebApplicationBuilder builder)
    {
        if (ExternalAuthority.IsConfigured(builder.Configuration))
        {
            return builder;
        }

        var services = builder.Services;

        // What the library's stores work with: the agency role, which alone reaches their tables.
        services.AddScoped(provider => provider.GetRequiredService<AgencyDatabase>().OpenAgency());
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>, ConfigureServer>();
        services.AddOpenIddict()
            .AddCore(core => core
                .ReplaceTokenManager<OpenIddictEntityFrameworkCoreToken, GrantTokens>()
                .UseEntityFrameworkCore().UseDbContext<AgencyDbContext>())
            .AddServer(server =>
            {
                server.SetAuthorizationEndpointUris(AuthorizationPaths.Authorize)
                    .SetTokenEndpointUris(AuthorizationPaths.Token)
                    .AllowAuthorizationCodeFlow()
                    .AllowRefreshTokenFlow()
                    .RequireProofKeyForCodeExchange()
                    .IgnoreResourcePermissions()
                    .SetAuthorizationCodeLifetime(TimeSpan.FromMinutes(2))
                    .SetAccessTokenLifetime(TimeSpan.FromHours(1))
                    .SetRefreshTokenLifetime(TimeSpan.FromDays(30))
                    .AddEphemeralEncryptionKey()
                    .AddEventHandler<HandleConfigurationRequestContext>(handler => handler
                        .UseSingletonHandler<PublicMetadata>().SetOrder(int.MaxValue - 100_000))
                    .AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler
                        .UseSingletonHandler<OneResource>().SetOrder(OpenIddictServerHandlers.Authentication.ValidateResources.Descriptor.Order + 500))
                    .AddEventHandler<GenerateTokenContext>(handler => handler
                        .UseScopedHandler<AgencyAccessToken>().SetOrder(int.MinValue + 10_000));

                // Codes and refresh tokens are for this server's own eyes; the key ring is shared by its replicas.
                server.UseDataProtection().PreferDefaultAccessTokenFormat();
                server.UseAspNetCore()
                    .EnableAuthorizationEndpointPassthrough()
                    .EnableTokenEndpointPassthrough()
                    .EnableErrorPassthrough()
                    .DisableTransportSecurityRequirement();
            });
        services.AddSingleton<IPostConfigureOptions<OpenIddictServerOptions>, ConfigureServer>();
        services.AddScoped<ClientRegistration>();
        services.AddScoped<ConsentDesk>();
        services.AddSingleton<GrantPruning>();
        services.AddHostedService(provider => provider.GetRequiredService<GrantPruning>());
        return builder;
    }

    public static WebApplication MapAuthorizationServer(this WebApplication app)
    {
        if (ExternalAuthority.IsConfigured(app.Configuration))
        {
            return app;
        }

        app.MapGet(AuthorizationPaths.Authorize, AuthorizePage.GetAsync).AllowAnonymous().WithStrictLimit(Limit, PerMinute);
        app.MapPost(AuthorizationPaths.Authorize, AuthorizePage.PostAsync).AllowAnonymous().WithStrictLimit(Limit, PerMinute).WithMaxBody(FormBytes);
        app.MapPost(AuthorizationPaths.Token, (Delegate)TokenEndpoint.PostAsync).AllowAnonymous().WithStrictLimit(Limit, PerMinute).WithMaxBody(FormBytes);
        app.MapPost(AuthorizationPaths.Register, RegistrationEndpoint.PostAsync)
            .AllowAnonymous().WithStrictLimit("oauth-register", 10).WithMaxBody(RegistrationEndpoint.MaxBytes);
        return app;
    }
}
