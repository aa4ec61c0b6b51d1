using Agency.Data.Auditing;
using Agency.Operations.Console.Pages;
using Agency.ServiceDefaults.Auditing;
using Agency.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Agency.Operations.Console.Access;

/// <summary>Exchanges a one-time code or a token for a session in a cookie, and ends the session.</summary>
internal static class SignIn
{
    /// <summary>As the audit log names it: written together with the session.</summary>
    public const string Action = "console.sign_in";

    public const string NotForClients =
        "This token belongs to a client. The console shows the whole agency and is open to operators and viewers only; clients use the MCP servers with their token.";

    private const string InvalidCode =
        "This code is not valid: it was used before, is over, or was not copied whole. A code works once. Get a new one with --console-link, or sign in with a token.";

    private const string InvalidToken =
        "This token is not valid here: it is malformed, expired, revoked or made for another server. Take the latest from operator.token, or get a code with --console-link.";

    private const string RunToken = "This token belongs to a run and opens no console. Sign in with an operator's or a viewer's.";

    private const string GrantedToken =
        "This token was given to a program by consent and opens no console: a session would outlive the consent. Sign in with a token of your own, or get a code with --console-link.";

    private const int LongestCode = 100;

    private const string SignOutAction = "console.sign_out";

    public static RazorComponentResult<SignInPage> Page(int status, string? message = null, string? returnTo = null) =>
        new(new Dictionary<string, object?> { [nameof(SignInPage.Message)] = message, [nameof(SignInPage.ReturnTo)] = Local(returnTo) }) { StatusCode = status };

    /// <summary>In place of a page that needs a session.</summary>
    public static RazorComponentResult<SignInPage> Ask(HttpContext http, string returnTo) => Page(
        StatusCodes.Status401Unauthorized,
        http.Request.Cookies.ContainsKey(ConsoleAccess.Cookie) ? "Your session is over: it has expired or was revoked. Sign in again." : null,
        returnTo);

    public static RazorComponentResult<SignInPage> Get(string? @return) => Page(StatusCodes.Status200OK, returnTo: @return);

    public static async Task<Results<SeeOther, RazorComponentResult<SignInPage>>> PostAsync(
        HttpContext http, ConsoleSessions sessions, AuditLog audit)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        string secret = form["secret"].ToString().Trim(), returnTo = form["return"].ToString();
        if (secret.Length == 0)
        {
            return Page(StatusCodes.Status400BadRequest, "Paste a code or a token first.", returnTo);
        }

        IssuedToken? session;
        var refusal = InvalidToken;
        if (secret.Contains('.', StringComparison.Ordinal) || secret.Length > LongestCode)
        {
            var result = await ConsoleAccess.ValidateAsync(http, secret);
            if (!result.Succeeded || !CallerClaims.TryRead(result.Principal, out var caller))
            {
                return Page(StatusCodes.Status401Unauthorized, InvalidToken, returnTo);
            }

            // A token that is not valid names nobody: the audit log has nothing to say of it.
            var call = AuditCall.Begin(AuditLog.Actor(caller), "operations", Action);
            if (!caller.IsAgency)
            {
                await audit.AppendAsync(call.Record(AuditOutcome.Denied, "forbidden: not an operator or a viewer"));
                return Page(StatusCodes.Status403Forbidden, caller.Role is CallerRole.Run ? RunToken : NotForClients, returnTo);
            }

            if (caller.CanStepUp)
            {
                await audit.AppendAsync(call.Record(AuditOutcome.Denied, "forbidden: a token of an OAuth client"));
                return Page(StatusCodes.Status403Forbidden, GrantedToken, returnTo);
            }

            session = await sessions.OpenAsync(caller, ConsoleAccess.ExpiryOf(result.Principal), http.RequestAborted);
        }
        else
        {
            (session, refusal) = (await sessions.OpenByCodeAsync(secret, http.RequestAborted), InvalidCode);
        }

        if (session is null)
        {
            return Page(StatusCodes.Status401Unauthorized, refusal, returnTo);
        }

        http.Response.Cookies.Append(ConsoleAccess.Cookie, session.Token, CookieOptions(http, session.ExpiresAt));
        return new SeeOther(Local(returnTo));
    }

    public static async Task<SeeOther> SignOutAsync(HttpContext http, Caller caller, ConsoleSessions sessions, AuditLog audit)
    {
        var call = AuditCall.Begin(AuditLog.Actor(caller), "operations", SignOutAction);
        await sessions.CloseAsync(caller, http.RequestAborted);
        if (!call.IsWritten)
        {
            // The session was over already.
            await audit.AppendAsync(call.Record(AuditOutcome.Done));
        }

        http.Response.Cookies.Delete(ConsoleAccess.Cookie, CookieOptions(http, expires: null));
        return new SeeOther("/sign-in");
    }

    private static CookieOptions CookieOptions(HttpContext http, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Path = "/",
        Expires = expires,
        IsEssential = true,
    };

    /// <summary>A page of this console and nothing else, however the path is written.</summary>
    private static string Local(string? path) =>
        path is ['/', not ('/' or '\\'), ..] && !path.StartsWith("/sign-", StringComparison.Ordinal) && !path.StartsWith("/console/", StringComparison.Ordinal)
        && path.All(c => char.IsAscii(c) && !char.IsControl(c))
            ? path
            : "/";
}
