using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Agency.Operations.Reports.Downloads;

/// <summary>Where a report's files can be fetched without a token, until the links expire.</summary>
internal sealed record ReportUrls(string Pdf, string Markdown, DateTimeOffset ExpireAt);

/// <summary>Makes and checks signed links to reports.</summary>
internal sealed class ReportLinks(IOptions<TokenOptions> options, ServerAddresses servers, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly SignedPaths _paths = new("agency/report-links/v1", options.Value, servers, time);

    public ReportUrls Make(CompanyId company, Guid report)
    {
        var expires = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        return new ReportUrls(_paths.Url(ReportFile.Pdf(company, report).Path, expires), _paths.Url(ReportFile.Markdown(company, report).Path, expires), expires);
    }

    /// <summary>True when this server signed a link to <paramref name="file"/> that has not expired.</summary>
    public bool IsValid(ReportFile file, string? expires, string? signature) => _paths.IsValid(file.Path, expires, signature);
}
