using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Agency.ServiceDefaults.Identity;

/// <summary>Reads PEM keys and names them: the key id is the RFC 7638 thumbprint, so both sides derive it from the key alone.</summary>
public static class TokenKeys
{
    /// <summary>Every public key in <paramref name="pem"/>.</summary>
    /// <exception cref="FormatException">There is none, or one that is not a P-256 public key.</exception>
    public static IReadOnlyList<ECDsaSecurityKey> ReadPublic(string? pem)
    {
        var keys = new List<ECDsaSecurityKey>();
        var rest = Normalise(pem).AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (!rest[fields.Label].SequenceEqual("PUBLIC KEY"))
            {
                throw new FormatException($"it holds a '{rest[fields.Label]}' where only 'PUBLIC KEY' blocks belong");
            }

            keys.Add(Import(rest[fields.Location].ToString()));
            rest = rest[fields.Location.End..];
        }

        return keys.Count > 0 ? keys : throw new FormatException("it holds no PEM block");
    }

    /// <exception cref="FormatException">It is not a P-256 private key in PKCS#8 PEM.</exception>
    public static ECDsaSecurityKey ReadPrivate(string? pem)
    {
        var text = Normalise(pem);
        return PemEncoding.TryFind(text, out var fields) && text.AsSpan()[fields.Label].SequenceEqual("PRIVATE KEY")
            ? Import(text)
            : throw new FormatException("it holds no 'PRIVATE KEY' block (PKCS#8)");
    }

    // Environment variables and .env files often carry line breaks as the two characters \n.
    private static string Normalise(string? pem) => (pem ?? "").Replace("\\n", "\n", StringComparison.Ordinal);

    private static ECDsaSecurityKey Import(string pem)
    {
        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportFromPem(pem);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            ecdsa.Dispose();
            throw new FormatException("it cannot be read as an elliptic curve key", e);
        }

        if (ecdsa.ExportParameters(false).Curve.Oid is not { } curve || (curve.Value != "1.2.840.10045.3.1.7" && curve.FriendlyName != "nistP256"))
        {
            ecdsa.Dispose();
            throw new FormatException("its curve is not P-256");
        }

        var key = new ECDsaSecurityKey(ecdsa);
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return key;
    }
}
