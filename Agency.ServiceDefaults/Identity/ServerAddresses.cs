using Microsoft.Extensions.Configuration;

namespace Agency.ServiceDefaults.Identity;

/// <summary>Section <c>Servers</c>: the public base addresses, which audiences and links are made of. Never the listening addresses.</summary>
public sealed class ServerAddresses(IConfiguration configuration)
{
    /// <summary>The servers that speak MCP.</summary>
    public static IReadOnlyList<string> McpServers { get; } = ["operations", "context", "health"];

    /// <summary>The public base address, without a slash at its end.</summary>
    /// <exception cref="InvalidOperationException">The setting is missing or no absolute HTTP address.</exception>
    public string Base(string server)
    {
        var text = configuration[$"Servers:{server}"];
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Query.Length == 0 && uri.Fragment.Length == 0
            ? uri.AbsoluteUri.TrimEnd('/')
            : throw new InvalidOperationException(
                $"Servers:{server} must be the public address of {server}, such as http://localhost:5101, but is '{text}'. Set the environment variable Servers__{server}.");
    }

    /// <summary>The MCP address of a server: the audience of its tokens.</summary>
    public string Audience(string server) => Base(server) + "/mcp";

    /// <summary>The issuer of the authorization server, as its metadata and the resources' have it: who compares, compares letter by letter.</summary>
    public string AuthorizationServer() =>
        ExternalAuthority.IsConfigured(configuration) ? configuration[$"{ExternalAuthority.Section}:{nameof(ExternalAuthority.Authority)}"]! : new Uri(Base("operations")).AbsoluteUri;

    /// <summary>The audiences of all MCP servers, for people's tokens.</summary>
    public IReadOnlyList<string> AllAudiences() => [.. McpServers.Select(Audience)];
}
