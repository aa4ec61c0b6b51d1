using System.Diagnostics.CodeAnalysis;

namespace Agency.ServiceDefaults.Outbound;

/// <summary>Reads an address as a client writes it, strictly: what two parsers could understand in two ways is refused.</summary>
internal static class OutboundUrl
{
    private const int MaxLength = 2000;

    /// <param name="text">As written.</param>
    /// <param name="uri">The address.</param>
    /// <param name="problem">What is wrong with it, without quoting it: a webhook's address is a secret.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? uri, [NotNullWhen(false)] out string? problem)
    {
        uri = null;
        problem = Problem(text, out var parsed);
        if (problem is null)
        {
            uri = parsed!;
        }

        return problem is null;
    }

    private static string? Problem(string? text, out Uri? uri)
    {
        uri = null;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return $"it must have 1 to {MaxLength} characters";
        }

        if (text.Any(c => c is <= ' ' or '\\' or '\u007f' || char.IsWhiteSpace(c)))
        {
            return "it holds a blank, a control character or a backslash";
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out uri) || uri.Scheme is not ("http" or "https") || !text.StartsWith(uri.Scheme + "://", StringComparison.OrdinalIgnoreCase))
        {
            return "it must begin with https://";
        }

        if (uri.UserInfo.Length > 0 || Authority(text, uri).Contains('@', StringComparison.Ordinal))
        {
            return "it holds a user name or password; a credential belongs into a secret";
        }

        if (uri.Fragment.Length > 0)
        {
            return "it holds a fragment (#), which no server gets to see";
        }

        return HostProblem(WrittenHost(text, uri), uri);
    }

    private static string? HostProblem(string written, Uri uri)
    {
        if (!written.All(char.IsAscii))
        {
            return "its host is not plain ASCII; write an international name in its xn-- form";
        }

        // Decimal, octal, hexadecimal and short forms of IPv4 addresses, percent-encoded letters, IPv6 zones.
        var host = uri.HostNameType is UriHostNameType.IPv6 ? uri.Host.Trim('[', ']') : uri.IdnHost;
        return uri.HostNameType switch
        {
            UriHostNameType.IPv6 when !written.Contains('%', StringComparison.Ordinal) => null,
            UriHostNameType.IPv4 when written == host => null,
            UriHostNameType.Dns when written.Equals(host, StringComparison.OrdinalIgnoreCase) && !EndsInNumber(host) => null,
            _ => "its host is written in an unusual way; write a host name, or an address in its usual form",
        };
    }

    /// <summary>Such a name is an IPv4 address to some resolvers and none to others.</summary>
    private static bool EndsInNumber(string host)
    {
        var last = host.TrimEnd('.').Split('.')[^1];
        return last.Length == 0 || last.All(char.IsAsciiDigit) || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last[2..].All(char.IsAsciiHexDigit));
    }

    private static string Authority(string text, Uri uri)
    {
        var rest = text[(uri.Scheme.Length + 3)..];
        var end = rest.IndexOfAny(['/', '?', '#']);
        return end < 0 ? rest : rest[..end];
    }

    private static string WrittenHost(string text, Uri uri)
    {
        var authority = Authority(text, uri);
        var port = authority.LastIndexOf(':');
        return port > authority.LastIndexOf(']') ? authority[..port] : authority;
    }
}
