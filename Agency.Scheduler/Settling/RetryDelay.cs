using System.Buffers.Binary;
using System.Security.Cryptography;
using Agency.Data;

namespace Agency.Scheduler.Settling;

/// <summary>Exponential back-off with jitter. The jitter follows from run and attempt, so a delay can be told beforehand and again.</summary>
internal static class RetryDelay
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <param name="run">The run.</param>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="policy">The first delay, by what each further one is multiplied, their limit before jitter, and how far they may stray.</param>
    public static TimeSpan After(RunId run, int attempt, RetryPolicy policy)
    {
        var seconds = Math.Min(policy.MaxSeconds, policy.InitialSeconds * Math.Pow(Math.Max(1, policy.Factor), attempt - 1));
        var jittered = Math.Max(0, seconds) * (1 + (policy.Jitter * Spread(run, attempt)));
        return jittered < Longest.TotalSeconds ? TimeSpan.FromSeconds(jittered) : Longest;
    }

    /// <summary>Evenly between -1 and 1.</summary>
    private static double Spread(RunId run, int attempt)
    {
        Span<byte> key = stackalloc byte[20];
        run.Value.TryWriteBytes(key);
        BinaryPrimitives.WriteInt32LittleEndian(key[16..], attempt);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(key, hash);
        return (BinaryPrimitives.ReadUInt32LittleEndian(hash) / (double)uint.MaxValue * 2) - 1;
    }
}
