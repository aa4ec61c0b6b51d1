using System.Diagnostics;
using System.Globalization;

namespace Agency.Benchmarks.Measuring;

internal static class Machine
{
    private const string EmptyProgram = "/bin/true";

    /// <summary>Processes that wanted a core in the last minute, on average; null where /proc does not tell.</summary>
    public static double? Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;

    /// <summary>Processes a second that can be started and waited for when each does nothing: what limits anything that starts one for each run.</summary>
    /// <returns>Null where there is no such program.</returns>
    public static async Task<double?> ProcessStartsAsync(int parallel, int processes, CancellationToken cancellationToken)
    {
        if (!File.Exists(EmptyProgram))
        {
            return null;
        }

        var started = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, processes),
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            static async (_, stop) =>
            {
                using var process = Process.Start(EmptyProgram);
                await process.WaitForExitAsync(stop);
            });
        return processes / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }
}
