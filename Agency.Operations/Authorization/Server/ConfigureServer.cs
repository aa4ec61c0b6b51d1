using Agency.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Agency.Operations.Authorization.Server;

/// <summary>What the authorization server is told by the agency's settings, and the parts of OAuth that it leaves out.</summary>
internal sealed class ConfigureServer(ServerAddresses servers, IOptions<TokenOptions> tokens, TimeProvider time) :
    IConfigureOptions<OpenIddictServerOptions>, IPostConfigureOptions<OpenIddictServerOptions>
{
    /// <summary>Clients are public: programs on people's machines, which keep no secret.</summary>
    public void PostConfigure(string? name, OpenIddictServerOptions options)
    {
        options.ClientAuthenticationMethods.Clear();
        options.ClientAuthenticationMethods.Add(ClientAuthenticationMethods.None);
    }

    public void Configure(OpenIddictServerOptions options)
    {
        options.Issuer = new Uri(servers.AuthorizationServer());
        options.TimeProvider = time;
        options.SigningCredentials.Add(new SigningCredentials(TokenKeys.ReadPrivate(tokens.Value.SigningKey), SecurityAlgorithms.EcdsaSha256));
        options.Resources.UnionWith(servers.AllAudiences().Select(audience => new Uri(audience)));

        // No identities for other sites, and nothing that arrives in a fragment or by a page that posts itself.
        options.Scopes.Remove(Scopes.OpenId);
        options.Scopes.UnionWith(AgencyScopes.All);
        options.ResponseModes.Clear();
        options.ResponseModes.Add(ResponseModes.Query);
        options.CodeChallengeMethods.Clear();
        options.CodeChallengeMethods.Add(CodeChallengeMethods.Sha256);
    }
}
