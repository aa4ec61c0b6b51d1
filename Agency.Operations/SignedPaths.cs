using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Agency.ServiceDefaults.Identity;

namespace Agency.Operations;

/// <summary>
/// Signs paths of this server that open without a token, until they expire. The signature is HMAC-SHA256 over the path and the expiry (Unix seconds), each on a
/// line. Its key is HKDF-SHA256 of the private scalar of Operations' token key with the purpose as info: every instance derives the same one, none is
/// kept, no purpose can be used for another, and exchanging the token key ends all links.
/// </summary>
internal sealed class SignedPaths
{
    private readonly byte[] _key;
    private readonly ServerAddresses _servers;
    private readonly TimeProvider _time;

    public SignedPaths(string purpose, TokenOptions options, ServerAddresses servers, TimeProvider time)
    {
        using var tokenKey = TokenKeys.ReadPrivate(options.SigningKey).ECDsa;
        var secret = tokenKey.ExportParameters(includePrivateParameters: true).D!;
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, SHA256.HashSizeInBytes, salt: null, Encoding.UTF8.GetBytes(purpose));
        CryptographicOperations.ZeroMemory(secret);
        (_servers, _time) = (servers, time);
    }

    /// <summary>The whole address.</summary>
    public string Url(string path, DateTimeOffset expires)
    {
        var seconds = expires.ToUnixTimeSeconds();
        return string.Create(CultureInfo.InvariantCulture, $"{_servers.Base("operations")}{path}?expires={seconds}&signature={Sign(path, seconds)}");
    }

    /// <summary>True when this server signed <paramref name="path"/> and it has not expired.</summary>
    public bool IsValid(string path, string? expires, string? signature) =>
        !string.IsNullOrEmpty(signature)
        && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
        && until > _time.GetUtcNow().ToUnixTimeSeconds()
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(path, until)), Encoding.UTF8.GetBytes(signature));

    private string Sign(string path, long expires) => Base64Url.EncodeToString(
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{path}\n{expires}"))));
}
