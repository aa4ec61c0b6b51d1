using Agency.Data.Auditing;
using Agency.Operations.Authorization.Server;
using Agency.Operations.Console;
using Agency.Operations.Console.Access;
using Agency.Operations.Console.Pages;
using Agency.ServiceDefaults.Auditing;
using Agency.ServiceDefaults.Identity;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Agency.Operations.Authorization.Consent;

/// <summary>
/// The authorization endpoint, once the library has validated the request: an operator signs in, chooses what the client gets, and the browser goes back to
/// the client. Nothing is remembered: each authorization is asked for.
/// </summary>
internal static class AuthorizePage
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;
    private const string ConsentAction = "oauth.consent";
    private const string OperatorsOnly = "Only an operator can give a client access. You are signed in as a viewer: sign out, and in again as an operator.";

    public static async Task<IResult> GetAsync(HttpContext http, ConsentDesk desk)
    {
        if (await StartAsync(http) is { } other)
        {
            return other;
        }

        return await ConsentAsync(http, desk, message: null);
    }

    public static async Task<IResult> PostAsync(HttpContext http, ConsentDesk desk, OwnForm forms, AuditLog audit)
    {
        if (await StartAsync(http) is { } other)
        {
            return other;
        }

        if (await forms.RefusalAsync(http) is { } refusal)
        {
            return refusal;
        }

        var request = Request(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var question = await desk.AskAsync(request, http.RequestAborted);
        var call = AuditCall.Begin(AuditLog.Actor(Person(http)), "operations", ConsentAction, $"client_id={request.ClientId}", question.Write(form));
        if (form["decision"] != "allow")
        {
            await audit.AppendAsync(call.Record(AuditOutcome.Denied, "declined"));
            return Results.Forbid(TokenEndpoint.Failure(Errors.AccessDenied, "The operator declined."), [Scheme]);
        }

        var choice = ConsentDesk.Read(question, form);
        if (!choice.IsSuccess)
        {
            return await ConsentAsync(http, desk, choice.Error.Message);
        }

        // The library records the authorization while it answers: the log has it before anything can be fetched with it.
        call.About(choice.Value.Company);
        await audit.RequireAsync(call.Record(AuditOutcome.Done));
        var grant = new Grant(Grant.SubjectOf(question.ClientName, Person(http).Subject), choice.Value.Company);

        // Every client may refresh: its access tokens are short so that they can be revoked, not so that people sign in every hour.
        string[] scopes = choice.Value.CanWrite ? [AgencyScopes.Read, AgencyScopes.Write, Scopes.OfflineAccess] : [AgencyScopes.Read, Scopes.OfflineAccess];
        return Results.SignIn(grant.ToPrincipal(scopes, request.GetResources()), authenticationScheme: Scheme);
    }

    /// <summary>What is shown in place of the consent: an error, the sign-in, a refusal. Null when an operator is signed in.</summary>
    private static async Task<IResult?> StartAsync(HttpContext http)
    {
        ConsoleHeaders.Apply(http.Response);
        if (http.GetOpenIddictServerResponse() is { Error.Length: > 0 } failure)
        {
            return ProblemPage.Result(StatusCodes.Status400BadRequest, "This request is not valid",
                $"{failure.ErrorDescription} ({failure.Error}) Go back to the program that sent you here; if it stays, remove the server there and add it again.");
        }

        var session = await http.AuthenticateAsync(ConsoleAccess.Scheme);
        if (!session.Succeeded || !CallerClaims.TryRead(session.Principal, out var caller))
        {
            // A request that another site began comes without the cookie, which is strict. Asked for once more by a page of ours it comes with it.
            return HttpMethods.IsGet(http.Request.Method) && http.Request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"]
                ? new RazorComponentResult<OnceMorePage>(new Dictionary<string, object?> { [nameof(OnceMorePage.Address)] = Address(http) })
                : SignIn.Ask(http, Address(http));
        }

        http.User = session.Principal;
        return caller.Role is CallerRole.Operator ? null : ProblemPage.Result(StatusCodes.Status403Forbidden, "Operators only", OperatorsOnly, caller.Subject);
    }

    private static async Task<IResult> ConsentAsync(HttpContext http, ConsentDesk desk, string? message)
    {
        var request = Request(http);
        var question = await desk.AskAsync(request, http.RequestAborted);
        ConsoleHeaders.Apply(http.Response, leadsTo: question.ReturnsTo);
        return new RazorComponentResult<ConsentPage>(new Dictionary<string, object?>
        {
            [nameof(ConsentPage.Question)] = question,
            [nameof(ConsentPage.Request)] = Repeat(request),
            [nameof(ConsentPage.User)] = Person(http).Subject,
            [nameof(ConsentPage.Message)] = message,
        })
        { StatusCode = message is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest };
    }

    /// <summary>The request's own parameters, to be validated again with the answer.</summary>
    private static List<KeyValuePair<string, string>> Repeat(OpenIddictRequest request) => [..
        from name in (string[])[Parameters.ClientId, Parameters.RedirectUri, Parameters.ResponseType, Parameters.Scope, Parameters.State, Parameters.CodeChallenge, Parameters.CodeChallengeMethod, Parameters.Resource]
        let value = (string?)request.GetParameter(name)
        where value is not null
        select KeyValuePair.Create(name, value)];

    private static string Address(HttpContext http) => http.Request.Path + http.Request.QueryString;

    private static OpenIddictRequest Request(HttpContext http) =>
        http.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("This is no authorization request.");

    private static Caller Person(HttpContext http) => CallerClaims.Read(http.User, out var refusal) ?? throw new InvalidOperationException(refusal);
}
