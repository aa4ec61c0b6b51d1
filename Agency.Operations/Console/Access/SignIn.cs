using Agency.Data.Auditing;
using Agency.Operations.Console.Pages;
using Agency.ServiceDefaults.Auditing;
using Agency.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Agency.Operations.Console.Access;

/// <summary>Takes a token into the cookie, and the cookie away.</summary>
internal static class SignIn
{
    public const string NotForClients =
        "This token belongs to a client. The console shows the whole agency and is open to operators and viewers only; clients use the MCP servers with their token.";

    private const string Invalid =
        "This token is not valid here: it is malformed, expired, revoked or made for another server. Take the latest from the start-up's summary, or issue one with --issue-token operator.";

    private const string RunToken = "This token belongs to a run and opens no console. Sign in with an operator's or a viewer's.";

    public static RazorComponentResult<SignInPage> Page(int status, string? message = null, string? returnTo = null) =>
        new(new Dictionary<string, object?> { [nameof(SignInPage.Message)] = message, [nameof(SignInPage.ReturnTo)] = Local(returnTo) }) { StatusCode = status };

    public static RazorComponentResult<SignInPage> Get() => Page(StatusCodes.Status200OK);

    public static async Task<Results<SeeOther, RazorComponentResult<SignInPage>>> PostAsync(HttpContext http, ServerAddresses servers, AuditLog audit)
    {
        var (token, returnTo) = await ReadAsync(http.Request, http.RequestAborted);
        if (token.Length == 0)
        {
            return Page(StatusCodes.Status400BadRequest, "Paste a token first.", returnTo);
        }

        ConsoleAccess.UsePostedToken(http, token);
        var result = await http.AuthenticateAsync(ConsoleAccess.Scheme);
        if (!result.Succeeded || !CallerClaims.TryRead(result.Principal, out var caller))
        {
            return Page(StatusCodes.Status401Unauthorized, Invalid, returnTo);
        }

        // A token that is not valid names nobody: the audit log has nothing to say of it.
        var call = AuditCall.Begin(AuditLog.Actor(caller), "operations", "console.sign_in");
        await audit.AppendAsync(call.Record(caller.IsAgency ? AuditOutcome.Done : AuditOutcome.Denied, caller.IsAgency ? null : "forbidden: not an operator or a viewer"));
        if (!caller.IsAgency)
        {
            return Page(StatusCodes.Status403Forbidden, caller.Role is CallerRole.Run ? RunToken : NotForClients, returnTo);
        }

        http.User = result.Principal;
        http.Response.Cookies.Append(ConsoleAccess.Cookie, token, CookieOptions(http, servers, ConsoleAccess.ExpiryOf(http)));
        return new SeeOther(Local(returnTo));
    }

    public static SeeOther SignOut(HttpContext http, ServerAddresses servers)
    {
        http.Response.Cookies.Delete(ConsoleAccess.Cookie, CookieOptions(http, servers, expires: null));
        return new SeeOther("/sign-in");
    }

    private static async Task<(string Token, string? ReturnTo)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType)
        {
            return ("", null);
        }

        try
        {
            var form = await request.ReadFormAsync(cancellationToken);
            return (form["token"].ToString().Trim(), form["return"]);
        }
        catch (InvalidDataException)
        {
            return ("", null);
        }
    }

    private static CookieOptions CookieOptions(HttpContext http, ServerAddresses servers, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps || servers.Base("operations").StartsWith("https:", StringComparison.Ordinal),
        Path = "/",
        Expires = expires,
        IsEssential = true,
    };

    /// <summary>A page of this console and nothing else, however the path is written.</summary>
    private static string Local(string? path) =>
        path is ['/', not ('/' or '\\'), ..] && !path.StartsWith("/sign-", StringComparison.Ordinal) && !path.StartsWith("/console/", StringComparison.Ordinal)
        && !path.Any(char.IsControl)
            ? path
            : "/";
}
