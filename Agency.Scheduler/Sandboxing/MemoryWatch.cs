using System.Globalization;

namespace Agency.Scheduler.Sandboxing;

/// <summary>
/// Ends a process that has more memory than it may. The kernel's own limit counts what can be written to: what is written and then made
/// read-only no longer counts. Until it is looked at, the kernel is told to end this process first if memory runs out.
/// </summary>
internal sealed class MemoryWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly ITimer _timer;

    private MemoryWatch(string file, long most, Action onExceeded, TimeProvider time) =>
        _timer = time.CreateTimer(_ => Look(file, most, onExceeded), null, Period, Period);

    /// <summary>Whether the process was found to have more than it may.</summary>
    public bool HasExceeded { get; private set; }

    /// <param name="process">Its id.</param>
    /// <param name="megabytes">What it may have of its own, as the kernel counts what is resident.</param>
    /// <param name="onExceeded">Ends it.</param>
    /// <param name="time">The clock.</param>
    public static MemoryWatch? Start(int process, int megabytes, Action onExceeded, TimeProvider time)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/");
        try
        {
            File.WriteAllText(folder + "oom_score_adj", "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or is not this user's to rank; the looking remains.
        }

        return new MemoryWatch(folder + "statm", megabytes * 1024L * 1024 / Environment.SystemPageSize, onExceeded, time);
    }

    public void Dispose() => _timer.Dispose();

    private void Look(string file, long most, Action onExceeded)
    {
        try
        {
            // Pages: all, resident, those of them that are files' or shared, ...
            var pages = File.ReadAllText(file).Split(' ');
            if (long.Parse(pages[1], CultureInfo.InvariantCulture) - long.Parse(pages[2], CultureInfo.InvariantCulture) > most)
            {
                HasExceeded = true;
                onExceeded();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            // It has ended.
        }
    }
}
