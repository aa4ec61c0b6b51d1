using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Agency.Scheduler.Sandboxing;

namespace Agency.Scheduler.Tests.Sandboxing;

/// <summary>What this machine offers this user, found without a worker: where a level is offered and no worker starts at it, the worker is broken.</summary>
internal static class OfferedLevels
{
    private const nint CreateRuleset = 444;
    private const nint AskForVersion = 1;

    public static bool Has(SandboxLevel level) => level switch
    {
        SandboxLevel.Bubblewrap => Succeeds("bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"),
        SandboxLevel.Namespaces => Succeeds("unshare", "-Urnmipf", "true"),
        SandboxLevel.Landlock => SystemCall(CreateRuleset, 0, 0, AskForVersion) > 0,
        _ => true,
    };

    private static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // Not installed.
        }
    }

    [DllImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SystemCall(nint number, nint attributes, nint size, nint flags);
}
