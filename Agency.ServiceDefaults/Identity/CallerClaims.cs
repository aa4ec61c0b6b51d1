using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Agency.Data;

namespace Agency.ServiceDefaults.Identity;

/// <summary>
/// Reads a <see cref="Caller"/> from claims. Strict: a claim that is missing, doubled, unknown or out of place refuses the whole
/// credential, since every doubt here would be resolved in an attacker's favour later.
/// </summary>
public static class CallerClaims
{
    public static bool TryRead(ClaimsPrincipal? principal, [NotNullWhen(true)] out Caller? caller) =>
        (caller = Read(principal, out _)) is not null;

    /// <summary>The caller, or null and the reason in words fit for a log.</summary>
    public static Caller? Read(ClaimsPrincipal? principal, out string? refusal)
    {
        if (principal?.Identity is not { IsAuthenticated: true })
        {
            refusal = "no authenticated identity";
            return null;
        }

        if (!Single(principal, AgencyClaims.Issuer, out var issuer) || !Single(principal, AgencyClaims.Subject, out var subject)
            || !Single(principal, AgencyClaims.TokenId, out var tokenId) || !Single(principal, AgencyClaims.Role, out var roleName))
        {
            refusal = "the claims iss, sub, jti and role must each be present exactly once";
            return null;
        }

        CallerRole? known = roleName switch
        {
            "operator" => CallerRole.Operator,
            "viewer" => CallerRole.Viewer,
            "company" => CallerRole.Company,
            "run" => CallerRole.Run,
            _ => null,
        };
        if (known is not { } role)
        {
            refusal = "the role is unknown";
            return null;
        }

        if (role is CallerRole.Run ? issuer != AgencyClaims.SchedulerIssuer : issuer is not (AgencyClaims.OperationsIssuer or AgencyClaims.ExternalIssuer))
        {
            refusal = "the issuer may not sign for this role";
            return null;
        }

        var caller = new Caller
        {
            Role = role,
            Subject = subject,
            TokenId = tokenId,
            CanWrite = role is CallerRole.Operator or CallerRole.Run,
            CanStepUp = principal.HasClaimOf(AgencyClaims.Scope),
        };
        return role is CallerRole.Operator or CallerRole.Viewer ? ReadAgency(principal, caller, out refusal) : ReadTenant(principal, caller, out refusal);
    }

    private static Caller? ReadAgency(ClaimsPrincipal principal, Caller caller, out string? refusal)
    {
        var foreign = new[] { AgencyClaims.Company, AgencyClaims.Access, AgencyClaims.Run, AgencyClaims.Tools }.FirstOrDefault(principal.HasClaimOf);
        refusal = foreign is null ? null : $"the claim {foreign} does not belong to this role";
        return foreign is null ? caller : null;
    }

    private static Caller? ReadTenant(ClaimsPrincipal principal, Caller caller, out string? refusal)
    {
        if (!Single(principal, AgencyClaims.Company, out var slug) || !CompanyId.TryParse(slug, out var company))
        {
            refusal = "this role needs exactly one company claim that is a company id";
            return null;
        }

        caller = caller with { Company = company };
        if (caller.Role is CallerRole.Company)
        {
            if (!Single(principal, AgencyClaims.Access, out var access) || access is not (AgencyClaims.ReadAccess or AgencyClaims.WriteAccess)
                || principal.HasClaimOf(AgencyClaims.Run) || principal.HasClaimOf(AgencyClaims.Tools))
            {
                refusal = "the role company needs the claim access (read or write) and neither run nor tools";
                return null;
            }

            refusal = null;
            return caller with { CanWrite = access == AgencyClaims.WriteAccess };
        }

        if (!Single(principal, AgencyClaims.Run, out var runText) || !RunId.TryParse(runText, out var run) || principal.HasClaimOf(AgencyClaims.Access))
        {
            refusal = "the role run needs the claim run (a UUID) and no claim access";
            return null;
        }

        refusal = null;
        var tools = principal.FindAll(AgencyClaims.Tools).Select(claim => claim.Value).ToFrozenSet(StringComparer.Ordinal);
        return caller with { Run = run, Tools = tools };
    }

    private static bool HasClaimOf(this ClaimsPrincipal principal, string type) => principal.HasClaim(claim => claim.Type == type);

    private static bool Single(ClaimsPrincipal principal, string type, out string value)
    {
        var found = principal.FindAll(type).Take(2).ToArray();
        value = found.Length == 1 ? found[0].Value : "";
        return value.Length > 0;
    }
}
