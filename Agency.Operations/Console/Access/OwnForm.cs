using Agency.Operations.Console.Pages;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Agency.Operations.Console.Access;

/// <summary>
/// Passes only forms that this console rendered for this very browser: another site's are refused by their origin, and by the antiforgery token that it
/// cannot know.
/// </summary>
internal sealed class OwnForm(IAntiforgery antiforgery) : IEndpointFilter
{
    private const string Foreign = "This form was sent by another site. Open the console itself and try again.";
    private const string Stale = "This form is too old, or this browser refuses cookies. Go back, reload the page and try again.";

    private const string TooLarge = "This form is larger than any that the console sends.";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await RefusalAsync(context.HttpContext) ?? await next(context);

    /// <summary>The page that says why the form in hand is not acted on; null when it may be.</summary>
    public async Task<RazorComponentResult<ProblemPage>?> RefusalAsync(HttpContext http)
    {
        try
        {
            return !IsOwnOrigin(http.Request) ? Refusal(StatusCodes.Status403Forbidden, Foreign)
                : await antiforgery.IsRequestValidAsync(http) ? null
                : Refusal(StatusCodes.Status403Forbidden, Stale);
        }
        catch (AntiforgeryValidationException e)
        {
            // The form could not be read.
            return e.InnerException is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }
                ? Refusal(StatusCodes.Status413PayloadTooLarge, TooLarge)
                : Refusal(StatusCodes.Status400BadRequest, Stale);
        }
    }

    private static RazorComponentResult<ProblemPage> Refusal(int status, string message) => ProblemPage.Result(status, "Refused", message);

    private static bool IsOwnOrigin(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
        {
            return site is "same-origin" or "none";
        }

        // The scheme is left out: a proxy may have ended TLS.
        return request.Headers.Origin.ToString() is not { Length: > 0 } origin
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == new Uri($"{uri.Scheme}://{request.Host}").Authority);
    }
}
