using System.Collections;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Agency.WorkerProtocol;

namespace Agency.Worker.Confining;

/// <summary>
/// Takes from this process what a worker must not have. Most of it binds one thread, and the runtime has started others: then it becomes the worker's
/// program anew, whose one thread inherits the restrictions; the process id stays. What a wrapper leaves to do binds all threads, and it stays what it is.
/// </summary>
internal static class Launcher
{
    private const int KillSignal = 9;
    private const nint CloseOnExec = 4;

    /// <summary>Null when this process is confined and is to go on; the exit code when it could not be confined. Without arguments nobody asked for it.</summary>
    public static int? Run(IReadOnlyList<string> arguments, Stream errors)
    {
        if (arguments.Count == 0) return null;
        try
        {
            if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("Only Linux can confine a process like this.");
            if (!Confinement.TryParse(arguments, out var confinement)) throw new IOException("its arguments are not understood.");
            if (confinement.Files is FileConfinement.Wrapped)
            {
                SystemCallFilter.InstallForAllThreads(SystemCalls.OfThisMachine);
                return null;
            }

            Confine(confinement);
            Become(confinement.Command);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            errors.Write(Encoding.UTF8.GetBytes($"The worker could not be confined: {e.Message}\n"));
        }

        return WorkerExit.NotConfined;
    }

    private static void Confine(Confinement confinement)
    {
        var calls = SystemCalls.OfThisMachine;

        // The scheduler's end is this process's end. Fails where it already leads a session, which is as good.
        _ = Libc.Setsid();
        Libc.Check(Libc.Control(Libc.SetParentDeathSignal, KillSignal), "the parent's death cannot be followed");
        if (confinement.Files is FileConfinement.Mounts) NewRoot.Enter(confinement, calls);
        Capabilities.Drop(calls);
        Libc.Check(Libc.Control(Libc.SetNoNewPrivileges, 1), "privileges cannot be renounced");
        if (confinement.Files is FileConfinement.Landlock) LandlockRules.Enforce(confinement.Readable);

        // Not closed here: this program still has some in use.
        Libc.Check(Libc.SystemCall(SystemCalls.CloseRange, 3, int.MaxValue, CloseOnExec), "descriptors cannot be kept back");
        SystemCallFilter.InstallForThisThread(calls);
    }

    private static void Become(IReadOnlyList<string> command)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => $"{v.Key}={v.Value}");
        Libc.Execute(command[0], [.. command, null], [.. environment, null]);
        throw new Win32Exception(Marshal.GetLastPInvokeError(), $"'{command[0]}' cannot be started: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
