using System.Globalization;

namespace Agency.Benchmarks.Measuring;

/// <summary>What goes on, for who waits; the report is on the standard output.</summary>
internal static class Progress
{
    private static readonly long Began = TimeProvider.System.GetTimestamp();

    public static TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(Began);

    public static void Say(FormattableString what) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{Elapsed.TotalSeconds,6:0.0} s] {FormattableString.Invariant(what)}"));
}
