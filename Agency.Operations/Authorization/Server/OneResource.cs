using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Agency.Operations.Authorization.Server;

/// <summary>A token is for one server (RFC 8707), which the client has to name: a token for all would let each of them use it at the others.</summary>
internal sealed class OneResource : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>
{
    public ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
    {
        if (context.Request.GetResources().Length != 1)
        {
            context.Reject(Errors.InvalidTarget, "Send the parameter resource once: the address of the MCP server that the token is for, as its protected-resource metadata has it.");
        }

        return default;
    }
}
