using System.Diagnostics;
using System.Globalization;

namespace Agency.Benchmarks.Measuring;

internal static class Machine
{
    private const string EmptyProgram = "/bin/true";
    private const string Statistics = "/proc/stat";

    /// <summary>Processes that wanted a core in the last minute, on average; null where /proc does not tell.</summary>
    public static double? Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;

    /// <summary>Processor time that all processes and the kernel have taken since the start, of all cores together; null where /proc does not tell.</summary>
    public static TimeSpan? Busy()
    {
        if (!File.Exists(Statistics))
        {
            return null;
        }

        // In hundredths of a second: user, nice, system, idle, waiting for a disk, interrupts, soft interrupts.
        var times = File.ReadLines(Statistics).First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(t => long.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        return TimeSpan.FromMilliseconds(10 * (times[0] + times[1] + times[2] + times[5] + times[6]));
    }

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
