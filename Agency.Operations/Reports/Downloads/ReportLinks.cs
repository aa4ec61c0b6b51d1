using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Agency.Operations.Reports.Downloads;

/// <summary>Where a report's files can be fetched without a token, until the links expire.</summary>
internal sealed record ReportUrls(string Pdf, string Markdown, DateTimeOffset ExpireAt);

/// <summary>
/// Makes and checks signed links to reports. The signature is HMAC-SHA256 over the path and the expiry (Unix seconds), each on a line. Its key is
/// HKDF-SHA256 of the private scalar of Operations' token key with the info <c>agency/report-links/v1</c>: every instance derives the same one, none
/// is kept, and exchanging the token key ends all links.
/// </summary>
internal sealed class ReportLinks
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private static readonly byte[] KeyInfo = "agency/report-links/v1"u8.ToArray();

    private readonly byte[] _key;
    private readonly ServerAddresses _servers;
    private readonly TimeProvider _time;

    public ReportLinks(IOptions<TokenOptions> options, ServerAddresses servers, TimeProvider time)
    {
        using var tokenKey = TokenKeys.ReadPrivate(options.Value.SigningKey).ECDsa;
        var secret = tokenKey.ExportParameters(includePrivateParameters: true).D!;
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, SHA256.HashSizeInBytes, salt: null, KeyInfo);
        CryptographicOperations.ZeroMemory(secret);
        (_servers, _time) = (servers, time);
    }

    public ReportUrls Make(CompanyId company, Guid report)
    {
        var expires = (_time.GetUtcNow() + Lifetime).ToUnixTimeSeconds();
        return new ReportUrls(
            Url(ReportFile.Pdf(company, report), expires), Url(ReportFile.Markdown(company, report), expires), DateTimeOffset.FromUnixTimeSeconds(expires));
    }

    /// <summary>True when this server signed a link to <paramref name="file"/> that has not expired.</summary>
    public bool IsValid(ReportFile file, string? expires, string? signature)
    {
        if (string.IsNullOrEmpty(signature)
            || !long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
            || until <= _time.GetUtcNow().ToUnixTimeSeconds())
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(file, until)), Encoding.UTF8.GetBytes(signature));
    }

    private string Url(ReportFile file, long expires) =>
        string.Create(CultureInfo.InvariantCulture, $"{_servers.Base("operations")}{file.Path}?expires={expires}&signature={Sign(file, expires)}");

    private string Sign(ReportFile file, long expires) => Base64Url.EncodeToString(
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.Path}\n{expires}"))));
}
