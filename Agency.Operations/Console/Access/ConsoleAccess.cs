using System.Globalization;
using Agency.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Agency.Operations.Console.Access;

/// <summary>
/// Who may look at the console: an operator or a viewer, by a cookie that holds their token. The token is validated by a scheme of its own with the very
/// options of the bearer scheme. The scheme belongs to the console's policy alone, and that to its GET endpoints: to everything else the cookie is nothing.
/// </summary>
internal static class ConsoleAccess
{
    public const string Scheme = "console";
    public const string Policy = "console";
    public const string Cookie = "agency-console";

    private static readonly object PostedToken = new();

    public static void AddConsoleAccess(this IServiceCollection services)
    {
        services.AddAuthentication().AddJwtBearer(Scheme, _ => { });
        services.AddOptions<JwtBearerOptions>(Scheme).Configure<IServiceProvider>((options, provider) =>
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
                OnMessageReceived = TakeToken,
                OnTokenValidated = bearer.Events.OnTokenValidated,
                OnChallenge = AskToSignInAsync,
                OnForbidden = context => RefuseAsync(context.HttpContext),
            };
        });
        services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy
            .AddAuthenticationSchemes(Scheme)
            .RequireAuthenticatedUser()
            .RequireAssertion(context => CallerClaims.TryRead(context.User, out var caller) && caller.IsAgency));
    }

    /// <summary>Lets the console's scheme validate <paramref name="token"/> in place of the cookie, in this request.</summary>
    public static void UsePostedToken(HttpContext http, string token) => http.Items[PostedToken] = token;

    /// <summary>When the token of a validated caller ends.</summary>
    public static DateTimeOffset ExpiryOf(HttpContext http) =>
        long.TryParse(http.User.FindFirst("exp")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.MinValue;

    private static Task TakeToken(MessageReceivedContext context)
    {
        var token = context.HttpContext.Items[PostedToken] as string ?? context.Request.Cookies[Cookie];
        if (string.IsNullOrEmpty(token))
        {
            // And no look at the Authorization header, which the handler would take next.
            context.NoResult();
        }
        else
        {
            context.Token = token;
        }

        return Task.CompletedTask;
    }

    private static async Task AskToSignInAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        var http = context.HttpContext;
        ConsoleHeaders.Apply(http.Response);
        var message = http.Request.Cookies.ContainsKey(Cookie) ? "Your token is no longer valid: it has expired or was revoked. Sign in with a new one." : null;
        await SignIn.Page(StatusCodes.Status401Unauthorized, message, http.Request.Path + http.Request.QueryString).ExecuteAsync(http);
    }

    private static async Task RefuseAsync(HttpContext http)
    {
        ConsoleHeaders.Apply(http.Response);
        await SignIn.Page(StatusCodes.Status403Forbidden, SignIn.NotForClients).ExecuteAsync(http);
    }
}
