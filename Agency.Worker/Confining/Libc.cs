using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Agency.Worker.Confining;

/// <summary>The system's calls, as they are.</summary>
internal static partial class Libc
{
    public const int SetParentDeathSignal = 1;
    public const int SetSeccomp = 22;
    public const int DropFromBoundingSet = 24;
    public const int SetSecureBits = 28;
    public const int SetNoNewPrivileges = 38;

    private const string Library = "libc";

    /// <exception cref="Win32Exception">The call failed.</exception>
    public static nint Check(nint result, string problem) => result >= 0
        ? result
        : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{problem}: {Marshal.GetLastPInvokeErrorMessage()}");

    public static nint Control(int option, nint argument, nint argument2 = 0) => ControlProcess(option, argument, argument2, 0, 0);

    public static nint SystemCall(int number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0) => Call(number, a, b, c, d, e);

    [LibraryImport(Library, EntryPoint = "getpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int ProcessId();

    [LibraryImport(Library, EntryPoint = "setsid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Setsid();

    [LibraryImport(Library, EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Execute(string path, string?[] arguments, string?[] environment);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Mount(string? source, string target, string? type, nuint flags, string? data);

    [LibraryImport(Library, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ControlProcess(int option, nint a, nint b, nint c, nint d);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Call(nint number, nint a, nint b, nint c, nint d, nint e);
}
