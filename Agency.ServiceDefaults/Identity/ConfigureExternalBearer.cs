using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Agency.Data;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Agency.ServiceDefaults.Identity;

/// <summary>
/// What a token of the external authority must be: signed with one of the keys that its discovery document leads to, by that issuer, for this server, alive,
/// and with claims that make it one of the agency's callers. A role that is missing or unknown is no role.
/// </summary>
internal sealed class ConfigureExternalBearer(string serverName, IOptions<ExternalAuthority> authority, ServerAddresses servers, TimeProvider time)
    : IConfigureNamedOptions<JwtBearerOptions>
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private ExternalAuthority Settings => authority.Value;

    public void Configure(JwtBearerOptions options)
    {
    }

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name != AgencyIdentityExtensions.ExternalScheme || string.IsNullOrWhiteSpace(Settings.Authority))
        {
            return;
        }

        options.Authority = Settings.Authority;
        options.RequireHttpsMetadata = !new Uri(Settings.Authority).IsLoopback;
        options.MapInboundClaims = false;
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(new JsonWebTokenHandler { MapInboundClaims = false, MaximumTokenSizeInBytes = 32 * 1024 });
        options.TokenValidationParameters = new TokenValidationParameters
        {
            // Asymmetric ones only: a public key must never serve as a shared secret.
            ValidAlgorithms = [
                SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256,
                SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384],
            ValidAudience = string.IsNullOrWhiteSpace(Settings.Audience) ? servers.Audience(serverName) : Settings.Audience,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            LifetimeValidator = (notBefore, expires, _, _) =>
            {
                var now = time.GetUtcNow().UtcDateTime;
                return expires is { } end && now < end + ClockSkew && (notBefore is not { } start || now >= start - ClockSkew);
            },
        };
        options.Events = new JwtBearerEvents { OnTokenValidated = MapAsync };
    }

    private async Task MapAsync(TokenValidatedContext context)
    {
        var token = (JsonWebToken)context.SecurityToken;
        if (Claims(context.Principal!, token) is not { } claims)
        {
            context.Fail("Token refused: its roles make it no caller of the agency's.");
            return;
        }

        context.Principal = new ClaimsPrincipal(new ClaimsIdentity(claims, AgencyIdentityExtensions.ExternalScheme, AgencyClaims.Subject, AgencyClaims.Role));
        await ConfigureBearer.CheckAsync(context);
    }

    /// <summary>The claims of an agency token that says the same; null when the roles say nothing, or the company is none.</summary>
    private List<Claim>? Claims(ClaimsPrincipal principal, JsonWebToken token)
    {
        var roles = principal.FindAll(Settings.RoleClaim).Select(claim => claim.Value).ToHashSet(StringComparer.Ordinal);
        List<Claim> claims =
        [
            new(AgencyClaims.Issuer, AgencyClaims.ExternalIssuer),
            new(AgencyClaims.Subject, token.Subject ?? ""),

            // Not every provider numbers its tokens; revocation needs a name for each.
            new(AgencyClaims.TokenId, string.IsNullOrEmpty(token.Id) ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token.EncodedToken))) : token.Id),
        ];
        if (roles.Contains(Settings.OperatorRole) || roles.Contains(Settings.ViewerRole))
        {
            claims.Add(new Claim(AgencyClaims.Role, TokenIssuer.RoleName(roles.Contains(Settings.OperatorRole) ? CallerRole.Operator : CallerRole.Viewer)));
            return claims;
        }

        var companies = principal.FindAll(Settings.CompanyClaim).Select(claim => claim.Value).ToArray();
        var canWrite = roles.Contains(Settings.CompanyWriteRole);
        if (companies is not [var company] || !CompanyId.TryParse(company, out _) || (!canWrite && !roles.Contains(Settings.CompanyReadRole)))
        {
            return null;
        }

        claims.Add(new Claim(AgencyClaims.Role, TokenIssuer.RoleName(CallerRole.Company)));
        claims.Add(new Claim(AgencyClaims.Company, company));
        claims.Add(new Claim(AgencyClaims.Access, canWrite ? AgencyClaims.WriteAccess : AgencyClaims.ReadAccess));
        return claims;
    }
}
