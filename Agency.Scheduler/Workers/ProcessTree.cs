using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Agency.Scheduler.Workers;

/// <summary>
/// Ends a process and all that it has started. The framework's own way reads every process of the machine three times over, which was the
/// costliest thing a run did; Linux can be asked for the children alone.
/// </summary>
internal static partial class ProcessTree
{
    private const int Stop = 19;
    private const int KillNow = 9;

    private static readonly bool ChildrenAreKnown =
        OperatingSystem.IsLinux() && File.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{Environment.ProcessId}/children"));

    /// <summary>The one child of a process that waits for it.</summary>
    /// <exception cref="WorkerStartException">There is none, or it cannot be told.</exception>
    public static int OnlyChild(int id) => ChildrenAreKnown && Children(id) is [var child]
        ? child
        : throw new WorkerStartException("the process in its sandbox cannot be told (Linux tells it when built with CONFIG_PROC_CHILDREN)");

    /// <summary>Ends the two processes that a worker with a wrapper consists of; all others of its sandbox end with them.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public static void Kill(Process wrapper, int inner)
    {
        // While the wrapper is stopped it cannot take note of the other's end, so that id is nobody else's.
        if (!wrapper.HasExited)
        {
            _ = Signal(wrapper.Id, Stop);
            _ = Signal(inner, KillNow);
        }

        wrapper.Kill();
    }

    /// <summary>Ends the processes that work in a folder or below it, where the system tells (Linux).</summary>
    public static void KillIn(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out var id)
                    && File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false) is { } works
                    && (works.FullName + "/").StartsWith(folder + "/", StringComparison.Ordinal))
                {
                    _ = Signal(id, KillNow);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has just ended, or is another user's.
            }
        }
    }

    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public static void Kill(Process process)
    {
        if (!ChildrenAreKnown)
        {
            process.Kill(entireProcessTree: true);
            return;
        }

        if (process.HasExited)
        {
            return;
        }

        // Stopped first, so that none is born while they are counted.
        _ = Signal(process.Id, Stop);
        var children = Children(process.Id);
        process.Kill();
        foreach (var child in children)
        {
            KillChild(child);
        }
    }

    private static void KillChild(int id)
    {
        _ = Signal(id, Stop);
        var children = Children(id);
        _ = Signal(id, KillNow);
        foreach (var child in children)
        {
            KillChild(child);
        }
    }

    /// <summary>Each thread is the parent of those that it started.</summary>
    private static int[] Children(int id)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/task")).SelectMany(ChildrenOfThread)];
        }
        catch (DirectoryNotFoundException)
        {
            return []; // It has just ended.
        }
    }

    private static int[] ChildrenOfThread(string folder)
    {
        try
        {
            var ids = File.ReadAllText(folder + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return [.. ids.Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return []; // The thread has just ended.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int id, int signal);
}
