using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Agency.Operations.Clients;

/// <summary>Makes and checks the signed, short-lived links to exports. The link names the export, so that each download is known to be of it.</summary>
internal sealed class ExportLinks(IOptions<TokenOptions> options, ServerAddresses servers, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly SignedPaths _paths = new("agency/export-links/v1", options.Value, servers, time);

    public (string Url, DateTimeOffset ExpiresAt) Make(CompanyId company, Guid export)
    {
        var expires = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        return (_paths.Url(Path(company, export), expires), expires);
    }

    public bool IsValid(CompanyId company, Guid export, string? expires, string? signature) => _paths.IsValid(Path(company, export), expires, signature);

    private static string Path(CompanyId company, Guid export) => $"/exports/{company}/{export:D}.zip";
}
