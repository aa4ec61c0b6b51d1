namespace Agency.Operations.Console;

/// <summary>What every answer of the console carries: nothing foreign is loaded, nothing is framed, nothing is kept.</summary>
internal static class ConsoleHeaders
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

    /// <param name="response">The answer.</param>
    /// <param name="leadsTo">Where a form of the page may redirect to, beside this site: browsers hold the redirect to the page's policy too.</param>
    public static void Apply(HttpResponse response, Uri? leadsTo = null)
    {
        var headers = response.Headers;

        // A policy has no words for an IPv6 address.
        headers.ContentSecurityPolicy = leadsTo is null ? Policy
            : $"{Policy} {(leadsTo.HostNameType is UriHostNameType.IPv6 ? leadsTo.Scheme + ":" : leadsTo.GetLeftPart(UriPartial.Authority))}";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";

        // Not no-referrer: with it browsers send the origin "null", and OwnForm could not tell our own forms.
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }
}
