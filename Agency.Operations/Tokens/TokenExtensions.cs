using Agency.Operations.Authorization;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Agency.Operations.Tokens;

internal static class TokenExtensions
{
    /// <summary>Tokens: issue, list, revoke.</summary>
    public static IMcpServerBuilder AddTokens(this IMcpServerBuilder mcp, IHostApplicationBuilder builder)
    {
        builder.AddTokenOffice();
        builder.Services.AddSingleton<TokenPruning>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<TokenPruning>());
        return mcp.WithAgencyTools<TokenTools>();
    }

    /// <summary>What the tools and the command line share.</summary>
    public static void AddTokenOffice(this IHostApplicationBuilder builder)
    {
        builder.AddTokenIssuer();
        builder.Services.AddSingleton<TokenOffice>();
    }

    /// <summary>The public keys of both issuers as a JSON Web Key Set, for whoever wants to check the agency's tokens.</summary>
    public static void MapTokenKeys(this WebApplication app) =>
        app.MapGet(AuthorizationPaths.Keys, (IOptions<TokenOptions> options) =>
            TypedResults.Ok(new { keys = options.Value.PublicKeys.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => TokenKeys.ReadPublic(pair.Value)).Select(Describe) }))
            .AllowAnonymous();

    private static object Describe(ECDsaSecurityKey key)
    {
        var web = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(key);
        return new { kty = web.Kty, crv = web.Crv, x = web.X, y = web.Y, kid = key.KeyId, use = "sig", alg = SecurityAlgorithms.EcdsaSha256 };
    }
}
