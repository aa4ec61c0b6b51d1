using System.Globalization;
using System.Security.Claims;
using Agency.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Agency.Operations.Console.Access;

/// <summary>
/// Who may look at the console: an operator or a viewer, by a cookie that holds their session. The session is validated by a scheme of its own, like any
/// token but for an audience of its own. The scheme belongs to the console alone: to everything else the cookie is nothing.
/// </summary>
internal static class ConsoleAccess
{
    public const string Scheme = "console";
    public const string Policy = "console";
    public const string Cookie = "agency-console";
    public const string FormCookie = "agency-form";

    /// <summary>Validates a token that someone pasted into the sign-in form, as the MCP server would.</summary>
    private const string PastedScheme = "console-pasted";

    private static readonly object PastedToken = new();

    public static void AddConsoleAccess(this IServiceCollection services)
    {
        services.AddSingleton<SignInCodes>();
        services.AddSingleton<ConsoleSessions>();
        services.AddSingleton<OwnForm>();
        services.AddAuthentication().AddJwtBearer(Scheme, _ => { }).AddJwtBearer(PastedScheme, _ => { });
        services.AddOptions<JwtBearerOptions>(PastedScheme).Configure<IServiceProvider>((options, provider) =>
            Take(options, provider, http => http.Items[PastedToken] as string));
        services.AddOptions<JwtBearerOptions>(Scheme).Configure<IServiceProvider>((options, provider) =>
        {
            Take(options, provider, http => http.Request.Cookies[Cookie]);
            options.TokenValidationParameters = options.TokenValidationParameters.Clone();
            options.TokenValidationParameters.ValidAudience = ConsoleSessions.Audience(provider.GetRequiredService<ServerAddresses>());
            options.Events.OnChallenge = AskToSignInAsync;
            options.Events.OnForbidden = context => RefuseAsync(context.HttpContext);
        });
        services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy
            .AddAuthenticationSchemes(Scheme)
            .RequireAuthenticatedUser()
            .RequireAssertion(context => CallerClaims.TryRead(context.User, out var caller) && caller.IsAgency));
        services.AddAntiforgery();

        // It warns for every form that it replaces our no-store by its own.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error));
        services.Configure<AntiforgeryOptions>(options =>
        {
            options.Cookie.Name = FormCookie;
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
    }

    /// <summary>
    /// Takes every request for one that came by the public address's scheme: where a proxy ends TLS, cookies are secure all the same.
    /// </summary>
    public static void UsePublicScheme(this WebApplication app)
    {
        if (app.Services.GetRequiredService<ServerAddresses>().Base("operations").StartsWith("https:", StringComparison.Ordinal))
        {
            app.Use((http, next) =>
            {
                http.Request.Scheme = "https";
                return next(http);
            });
        }
    }

    /// <summary>Validates <paramref name="token"/> as a bearer token of this server, in place of one in the request's header.</summary>
    public static Task<AuthenticateResult> ValidateAsync(HttpContext http, string token)
    {
        http.Items[PastedToken] = token;
        return http.AuthenticateAsync(PastedScheme);
    }

    /// <summary>When the token of a validated caller ends.</summary>
    public static DateTimeOffset ExpiryOf(ClaimsPrincipal user) =>
        long.TryParse(user.FindFirst("exp")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.MinValue;

    private static void Take(JwtBearerOptions options, IServiceProvider provider, Func<HttpContext, string?> find)
    {
        // By way of the provider: the monitor is made of these very configurations.
        var bearer = provider.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(AgencyIdentityExtensions.BearerScheme);
        options.MapInboundClaims = bearer.MapInboundClaims;
        options.TokenValidationParameters = bearer.TokenValidationParameters;
        options.TokenHandlers.Clear();
        foreach (var handler in bearer.TokenHandlers)
        {
            options.TokenHandlers.Add(handler);
        }

        options.Events = new JwtBearerEvents
        {
            OnTokenValidated = bearer.Events.OnTokenValidated,
            OnMessageReceived = context =>
            {
                context.Token = find(context.HttpContext);
                if (string.IsNullOrEmpty(context.Token))
                {
                    // And no look at the Authorization header, which the handler would take next.
                    context.NoResult();
                }

                return Task.CompletedTask;
            },
        };
    }

    private static async Task AskToSignInAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        var http = context.HttpContext;
        ConsoleHeaders.Apply(http.Response);
        await SignIn.Ask(http, http.Request.Path + http.Request.QueryString).ExecuteAsync(http);
    }

    private static async Task RefuseAsync(HttpContext http)
    {
        // The form belongs to whoever signs in next, and not to this caller.
        http.User = new();
        ConsoleHeaders.Apply(http.Response);
        await SignIn.Page(StatusCodes.Status403Forbidden, SignIn.NotForClients).ExecuteAsync(http);
    }
}
