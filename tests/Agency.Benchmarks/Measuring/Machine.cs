using System.Globalization;

namespace Agency.Benchmarks.Measuring;

internal static class Machine
{
    /// <summary>Processes that wanted a core in the last minute, on average; null where /proc does not tell.</summary>
    public static double? Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;
}
