using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Agency.ServiceDefaults.Identity;

/// <summary>
/// What a token must be: ES256, of type at+jwt, signed with a key of the very issuer it names, for this server's audience, alive, not
/// revoked, and with claims that <see cref="CallerClaims"/> accepts.
/// </summary>
internal sealed class ConfigureBearer(string serverName, IOptions<TokenOptions> tokens, ServerAddresses servers, TimeProvider time)
    : IConfigureNamedOptions<JwtBearerOptions>
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public void Configure(JwtBearerOptions options) => Configure(AgencyIdentityExtensions.BearerScheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name != AgencyIdentityExtensions.BearerScheme)
        {
            return;
        }

        var keys = new Dictionary<string, IReadOnlyList<ECDsaSecurityKey>>(StringComparer.Ordinal)
        {
            [AgencyClaims.OperationsIssuer] = TokenKeys.ReadPublic(tokens.Value.PublicKeys["operations"]),
            [AgencyClaims.SchedulerIssuer] = TokenKeys.ReadPublic(tokens.Value.PublicKeys["scheduler"]),
        };
        options.MapInboundClaims = false;
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(new JsonWebTokenHandler { MapInboundClaims = false, MaximumTokenSizeInBytes = 16 * 1024 });
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = [AgencyClaims.TokenType],
            ValidIssuers = keys.Keys,
            ValidAudience = servers.Audience(serverName),
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            TryAllIssuerSigningKeys = false,
            NameClaimType = AgencyClaims.Subject,
            RoleClaimType = AgencyClaims.Role,
            IssuerSigningKeyResolver = (_, token, kid, _) =>
                keys.TryGetValue(token.Issuer, out var own) ? own.Where(key => key.KeyId == kid) : [],
            LifetimeValidator = (notBefore, expires, _, _) => IsAlive(notBefore, expires),
        };
        options.Events = new JwtBearerEvents { OnTokenValidated = CheckAsync };
    }

    private bool IsAlive(DateTime? notBefore, DateTime? expires)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + ClockSkew && (notBefore is not { } start || now >= start - ClockSkew);
    }

    /// <summary>The rest of what every token must be, whoever signed it.</summary>
    internal static async Task CheckAsync(TokenValidatedContext context)
    {
        if (CallerClaims.Read(context.Principal, out var refusal) is not { } caller)
        {
            context.Fail($"Token refused: {refusal}.");
            return;
        }

        var revocation = context.HttpContext.RequestServices.GetRequiredService<ITokenRevocation>();
        if (await revocation.IsRevokedAsync(caller.TokenId, context.HttpContext.RequestAborted))
        {
            context.Fail("Token refused: it is revoked.");
        }
    }
}
