using Agency.ServiceDefaults.Identity;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Agency.Operations.Authorization.Server;

/// <summary>
/// The metadata (RFC 8414) with the public addresses, whatever name the request came by, and with what the library does not know of: our registration.
/// </summary>
internal sealed class PublicMetadata(ServerAddresses servers) : IOpenIddictServerHandler<HandleConfigurationRequestContext>
{
    public ValueTask HandleAsync(HandleConfigurationRequestContext context)
    {
        var address = servers.Base("operations");
        context.AuthorizationEndpoint = new Uri(address + AuthorizationPaths.Authorize);
        context.TokenEndpoint = new Uri(address + AuthorizationPaths.Token);
        context.JsonWebKeySetEndpoint = new Uri(address + AuthorizationPaths.Keys);
        context.Metadata["registration_endpoint"] = address + AuthorizationPaths.Register;
        return default;
    }
}
