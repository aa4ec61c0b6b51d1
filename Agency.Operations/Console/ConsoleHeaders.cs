namespace Agency.Operations.Console;

/// <summary>What every answer of the console carries: nothing foreign is loaded, nothing is framed, nothing is kept.</summary>
internal static class ConsoleHeaders
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void Apply(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";

        // Not no-referrer: with it browsers send the origin "null", and OwnForm could not tell our own forms.
        headers["Referrer-Policy"] = "same-origin";
    }
}
