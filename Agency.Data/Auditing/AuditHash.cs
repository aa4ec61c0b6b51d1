using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Agency.Data.Auditing;

/// <summary>
/// The hash of an entry: SHA-256 over the previous entry's hash (32 zero bytes before the first) and the entry's fields in the order below. A field
/// is its length in bytes, a colon and its UTF-8 bytes, or a tilde where it is null: no two entries are written alike. The instant is in microseconds since
/// 1970. The database computes the same when it appends; the two were written apart so that one checks the other.
/// </summary>
public static class AuditHash
{
    public static byte[] First { get; } = new byte[SHA256.HashSizeInBytes];

    public static byte[] Of(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(entry.PreviousHash);
        foreach (var field in Fields(entry))
        {
            sha.AppendData(Encoding.UTF8.GetBytes(field is null
                ? "~"
                : string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(field)}:{field}")));
        }

        return sha.GetHashAndReset();
    }

    private static IEnumerable<string?> Fields(AuditEntry entry) =>
    [
        entry.Chain,
        entry.Seq.ToString(CultureInfo.InvariantCulture),
        ((entry.At.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture),
        entry.CompanyId?.Value,
        entry.Actor,
        entry.Role,
        entry.TokenId,
        entry.Server,
        entry.Action,
        entry.Target,
        entry.Outcome,
        entry.Arguments,
        entry.Before,
        entry.After,
        entry.Error,
        entry.TraceId,
    ];
}
