using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Agency.Data.Workflows;

/// <summary>
/// Spreads occurrences that are due at the same instant. The delay follows from the occurrence alone, so every scheduler, today and after
/// a restart, computes the same one.
/// </summary>
public static class Jitter
{
    /// <param name="company">The client.</param>
    /// <param name="workflow">Its workflow.</param>
    /// <param name="scheduledFor">When the occurrence is due; its offset does not matter.</param>
    /// <param name="maxSeconds">The longest delay; 0 or less means none.</param>
    /// <returns>A delay of 0 to <paramref name="maxSeconds"/> seconds, in whole milliseconds, evenly spread.</returns>
    public static TimeSpan Of(CompanyId company, WorkflowId workflow, DateTimeOffset scheduledFor, int maxSeconds)
    {
        if (maxSeconds <= 0)
        {
            return TimeSpan.Zero;
        }

        // A slug holds no slash, so no two occurrences share a key.
        var name = $"{company.Value}/{workflow.Value}/";
        Span<byte> key = stackalloc byte[Encoding.UTF8.GetMaxByteCount(name.Length) + sizeof(long)];
        var length = Encoding.UTF8.GetBytes(name, key);
        BinaryPrimitives.WriteInt64LittleEndian(key[length..], scheduledFor.UtcTicks);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key[..(length + sizeof(long))], hash);

        // The high half of hash * values is evenly spread over 0 .. values - 1.
        var values = (ulong)((maxSeconds * 1000L) + 1);
        return TimeSpan.FromMilliseconds((long)Math.BigMul(BinaryPrimitives.ReadUInt64LittleEndian(hash), values, out _));
    }
}
