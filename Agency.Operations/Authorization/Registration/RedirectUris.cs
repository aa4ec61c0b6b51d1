namespace Agency.Operations.Authorization.Registration;

/// <summary>Where a code may be sent: to a site over TLS, or to a program on the person's own machine.</summary>
internal static class RedirectUris
{
    public const int Max = 10;
    public const int MaxLength = 1000;

    private static readonly string[] LoopbackHosts = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>What is wrong with the list; null when all is well.</summary>
    public static string? Fault(IReadOnlyList<string>? uris) =>
        uris is not { Count: > 0 and <= Max } ? $"redirect_uris must hold from 1 to {Max} addresses."
        : uris.All(IsAllowed) ? null
        : $"Each of redirect_uris must be an absolute https address, or an http one of localhost, 127.0.0.1 or [::1], without user or fragment, of at most {MaxLength} characters of ASCII, none of them control characters.";

    /// <summary>True when all lead back to the person's machine, where the port is chosen anew each time (RFC 8252).</summary>
    public static bool AreLoopback(IEnumerable<string> uris) => uris.All(uri => LoopbackHosts.Contains(new Uri(uri).Host));

    private static bool IsAllowed(string? text) =>
        text is { Length: > 0 and <= MaxLength } && !text.Any(c => !char.IsAscii(c) || char.IsControl(c) || char.IsWhiteSpace(c) || c is '\\' or '*')
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && LoopbackHosts.Contains(uri.Host)))
        && uri.Host.Length > 0 && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0 && !text.Contains('#', StringComparison.Ordinal);
}
