using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Agency.Scheduler.Sandboxing;

/// <summary>
/// Starts processes from one thread that lives as long as this process: Linux tells a child that its parent has died when the thread
/// ends that started it.
/// </summary>
internal static partial class SpawnThread
{
    private const nint CloseRange = 436;
    private const nint FirstBehindStandard = 3;
    private const nint CloseOnExec = 4;

    private static readonly BlockingCollection<Action> Starts = Begin();

    /// <exception cref="System.ComponentModel.Win32Exception">It could not be started.</exception>
    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                KeepDescriptors();
                started.SetResult(Process.Start(start) ?? throw new InvalidOperationException("The worker's process was not started."));
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task;
    }

    /// <summary>.NET's own are kept from children anyway; those that a library has opened, or that came from this process's parent, are not.</summary>
    private static void KeepDescriptors()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SystemCall(CloseRange, FirstBehindStandard, int.MaxValue, CloseOnExec);
        }
    }

    private static BlockingCollection<Action> Begin()
    {
        var starts = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable())
            {
                start();
            }
        })
        { IsBackground = true, Name = "worker starts" }.Start();
        return starts;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint first, nint last, nint flags);
}
