using Microsoft.Extensions.Options;
using ModelContextProtocol.AspNetCore.Authentication;
using ModelContextProtocol.Authentication;

namespace Agency.ServiceDefaults.Identity;

/// <summary>The protected-resource metadata (RFC 9728) under the server's public address, whatever host a request names.</summary>
internal sealed class ConfigureResourceMetadata(string serverName, ServerAddresses servers, IOptions<ExternalAuthority> authority) : IConfigureNamedOptions<McpAuthenticationOptions>
{
    public const string Path = "/.well-known/oauth-protected-resource/mcp";

    public void Configure(McpAuthenticationOptions options) => Configure(McpAuthenticationDefaults.AuthenticationScheme, options);

    public void Configure(string? name, McpAuthenticationOptions options)
    {
        if (name != McpAuthenticationDefaults.AuthenticationScheme)
        {
            return;
        }

        options.ForwardAuthenticate = AgencyIdentityExtensions.AnyScheme;
        options.ResourceMetadataUri = new Uri(servers.Base(serverName) + Path);
        options.ResourceMetadata = new ProtectedResourceMetadata
        {
            Resource = servers.Audience(serverName),
            ResourceName = $"Agency {serverName}",
            AuthorizationServers = { servers.AuthorizationServer() },
            ScopesSupported = string.IsNullOrWhiteSpace(authority.Value.Authority)
                ? [.. AgencyScopes.All]
                : [.. authority.Value.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        };
    }
}
