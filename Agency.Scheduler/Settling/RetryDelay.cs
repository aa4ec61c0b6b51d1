using System.Buffers.Binary;
using System.Security.Cryptography;
using Agency.Data;

namespace Agency.Scheduler.Settling;

/// <summary>Exponential back-off with jitter. The jitter follows from run and attempt, so a delay can be told beforehand and again.</summary>
internal static class RetryDelay
{
    /// <summary>How far a delay may lie from the computed one, either way, as a share of it.</summary>
    public const double Jitter = 0.2;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <param name="run">The run.</param>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="initialSeconds">Delay before the second attempt.</param>
    /// <param name="factor">By what each further delay is multiplied.</param>
    /// <param name="maxSeconds">Upper limit before jitter.</param>
    public static TimeSpan After(RunId run, int attempt, int initialSeconds, double factor, int maxSeconds)
    {
        var seconds = Math.Min(maxSeconds, initialSeconds * Math.Pow(Math.Max(1, factor), attempt - 1));
        var jittered = Math.Max(0, seconds) * (1 + (Jitter * Spread(run, attempt)));
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
