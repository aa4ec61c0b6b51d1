using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Identity;

/// <summary>
/// Section <c>Authentication</c>: an OpenID Connect provider that signs people and clients in, in place of Operations. Its access tokens are accepted by every
/// server; what they may do follows from their claims. Tokens that Operations and the scheduler sign stay good.
/// </summary>
public sealed class ExternalAuthority
{
    public const string Section = "Authentication";

    /// <summary>Its issuer, below which <c>.well-known/openid-configuration</c> is found. Empty: Operations is the authority.</summary>
    public string? Authority { get; set; }

    /// <summary>The audience that its tokens name. Empty: each server's own MCP address.</summary>
    public string? Audience { get; set; }

    /// <summary>What clients ask it for, separated by spaces; named in the servers' metadata.</summary>
    public string Scopes { get; set; } = "";

    /// <summary>The claim that holds the roles below.</summary>
    public string RoleClaim { get; set; } = "roles";

    public string OperatorRole { get; set; } = "agency-operator";

    public string ViewerRole { get; set; } = "agency-viewer";

    /// <summary>The role of those who read and write one company's, which <see cref="CompanyClaim"/> names.</summary>
    public string CompanyWriteRole { get; set; } = "agency-company-write";

    public string CompanyReadRole { get; set; } = "agency-company-read";

    public string CompanyClaim { get; set; } = "agency_company";

    public static bool IsConfigured(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[$"{Section}:{nameof(Authority)}"]);
}

internal sealed class ExternalAuthorityValidator : IValidateOptions<ExternalAuthority>
{
    public ValidateOptionsResult Validate(string? name, ExternalAuthority options)
    {
        if (string.IsNullOrWhiteSpace(options.Authority))
        {
            return ValidateOptionsResult.Success;
        }

        if (!Uri.TryCreate(options.Authority, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
        {
            return ValidateOptionsResult.Fail(
                $"Authentication:Authority must be the https address of an OpenID Connect issuer, but is '{options.Authority}'. Correct it, or unset it to let Operations sign people in.");
        }

        string[] roles = [options.OperatorRole, options.ViewerRole, options.CompanyWriteRole, options.CompanyReadRole];
        return roles.Any(string.IsNullOrWhiteSpace) || roles.Distinct(StringComparer.Ordinal).Count() < roles.Length
            ? ValidateOptionsResult.Fail("The four roles under Authentication (OperatorRole, ViewerRole, CompanyWriteRole, CompanyReadRole) must differ, and none may be empty.")
            : ValidateOptionsResult.Success;
    }
}
