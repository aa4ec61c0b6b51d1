namespace Agency.Operations.Console.Access;

/// <summary>303 See Other: after a POST the browser fetches the page with GET, which the 302 and 307 of the framework do not promise.</summary>
internal sealed class SeeOther(string path) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = path;
        return Task.CompletedTask;
    }
}
