using System.Runtime.InteropServices;

namespace Agency.Scheduler.Sandboxing;

/// <summary>This process, as its workers see it.</summary>
internal static partial class OwnProcess
{
    private const int SetDumpable = 4;

    /// <summary>
    /// Keeps the other processes of its user, its workers among them, from reading its environment and its memory. Of root it keeps nothing. Such a
    /// process leaves no core dump, and only root can attach a debugger to it.
    /// </summary>
    public static void Close()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Control(SetDumpable, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int option, nint value);
}
