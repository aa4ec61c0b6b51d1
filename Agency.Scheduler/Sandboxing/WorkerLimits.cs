using System.ComponentModel;
using System.Runtime.InteropServices;
using Agency.Scheduler.Workers;

namespace Agency.Scheduler.Sandboxing;

/// <summary>What a worker may take of the machine. Set from outside while it waits for its run, for good.</summary>
internal static partial class WorkerLimits
{
    private const long Megabyte = 1024 * 1024;

    /// <exception cref="WorkerStartException">The system refused.</exception>
    public static void Apply(int process, Sandbox sandbox)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var options = sandbox.Options;
        Set(process, Resource.Data, options.MemoryMegabytes * Megabyte);
        Set(process, Resource.ProcessorSeconds, options.CpuSeconds, options.CpuSeconds + 1); // A signal that says why, then the end.
        Set(process, Resource.OpenFiles, options.OpenFiles);
        Set(process, Resource.FileSize, options.ScratchMegabytes * Megabyte);
        Set(process, Resource.CoreDump, 0);

        // Outside a namespace it would count whatever the user runs, this process included. Of root it counts nothing.
        if (sandbox.HasWrapper)
        {
            Set(process, Resource.Processes, options.Threads);
        }
    }

    private static void Set(int process, Resource resource, long value, long? hard = null)
    {
        if (SetLimit(process, resource, new Limit(value, hard ?? value), 0) != 0)
        {
            throw new WorkerStartException($"its limit of {resource} could not be set: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    [LibraryImport("libc", EntryPoint = "prlimit64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetLimit(int process, Resource resource, in Limit limit, nint old);

    private enum Resource
    {
        ProcessorSeconds = 0,
        FileSize = 1,
        Data = 2,
        CoreDump = 4,
        Processes = 6,
        OpenFiles = 7,
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(long Soft, long Hard);
}
