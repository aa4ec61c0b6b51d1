namespace Agency.Operations.Console.Access;

/// <summary>
/// Refuses forms that another site sent. Every browser names the origin of a POST; whoever names none is no browser, and carries no cookie it did not put there itself.
/// </summary>
internal sealed class SameOrigin : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        IsOwn(context.HttpContext.Request)
            ? next(context)
            : ValueTask.FromResult<object?>(TypedResults.Problem(
                "This form was sent by another site. Open the console itself and try again.", statusCode: StatusCodes.Status403Forbidden, title: "Refused"));

    private static bool IsOwn(HttpRequest request)
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
