using System.Collections.Immutable;
using System.Security.Claims;
using Agency.Data;
using Agency.Operations.Tokens;
using Agency.ServiceDefaults.Identity;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Agency.Operations.Authorization.Server;

/// <summary>
/// What a person granted to a client: the whole agency, or one company. Whether it may write is in the scopes. It travels in the code and in the refresh
/// tokens, which nobody but this server can read.
/// </summary>
internal sealed record Grant(string Subject, CompanyId? Company)
{
    private const string CompanyClaim = "agency_company";

    /// <summary>Who acts, as lists and logs show it: the client, and whose consent it has.</summary>
    public static string SubjectOf(string client, string person)
    {
        var subject = $"{client} for {person}";
        return subject.Length > TokenOffice.MaxNameLength ? subject[..TokenOffice.MaxNameLength] : subject;
    }

    public static Grant Read(ClaimsPrincipal principal) => new(
        principal.GetClaim(Claims.Subject) ?? throw new InvalidOperationException("The grant has no subject."),
        principal.GetClaim(CompanyClaim) is { } company ? new CompanyId(company) : null);

    public ClaimsPrincipal ToPrincipal(IEnumerable<string> scopes, ImmutableArray<string> resources)
    {
        var identity = new ClaimsIdentity("agency consent", Claims.Subject, Claims.Role);
        identity.SetClaim(Claims.Subject, Subject);
        identity.SetClaim(CompanyClaim, Company?.Value);
        identity.SetScopes(scopes);
        identity.SetResources(resources);
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        return new ClaimsPrincipal(identity);
    }

    public TokenRequest ToRequest(bool canWrite, TimeSpan lifetime, IReadOnlyList<string> audiences, string clientId)
    {
        var request = Company is { } company ? TokenRequest.ForCompany(company, canWrite, Subject, lifetime, audiences)
            : canWrite ? TokenRequest.ForOperator(Subject, lifetime, audiences)
            : TokenRequest.ForViewer(Subject, lifetime, audiences);
        return request with { ClientId = clientId };
    }
}
