using System.Runtime.InteropServices;
using Agency.WorkerProtocol;

namespace Agency.Worker.Confining;

/// <summary>
/// A file system of the process's own, made of what it may read and of nothing else: what is not there needs no rule, and a socket cannot
/// be reached that has no path.
/// </summary>
internal static unsafe class NewRoot
{
    private const nuint NoSetUid = 2;
    private const nuint NoDevices = 4;
    private const nuint NoExecution = 8;
    private const nuint Bind = 0x1000;
    private const nuint WithAllBelow = 0x4000;
    private const nuint Private = 0x40000;
    private const int Detached = 2;
    private const nint AtWorkingFolder = -100;
    private const nint Recursively = 0x8000;
    private const ulong ReadOnly = 1;

    /// <summary>Below the working folder, which is the worker's own.</summary>
    private const string Place = "root";

    private const string Processes = "/proc";

    public static void Enter(Confinement confinement, SystemCalls calls)
    {
        var folder = Environment.CurrentDirectory;
        var root = Path.Combine(folder, Place);
        Directory.CreateDirectory(root);
        Mount("none", "/", null, Private | WithAllBelow);
        Mount("tmpfs", root, "tmpfs", NoSetUid | NoDevices, "mode=755,size=64k");
        Make(root, "/tmp", isFolder: true);
        Mount("tmpfs", root + "/tmp", "tmpfs", NoSetUid | NoDevices, $"mode=700,size={confinement.ScratchMegabytes}m");
        foreach (var path in confinement.Readable.Where(Path.Exists))
        {
            Add(root, path);
        }

        MakeReadOnly(root, 0);
        Environment.CurrentDirectory = root;
        Libc.Check(Libc.SystemCall(calls.PivotRoot, Here, Here), "the root cannot be changed");
        Libc.Check(Libc.Unmount(".", Detached), "the old root cannot be left");
        Environment.CurrentDirectory = folder;
    }

    private static nint Here { get; } = Marshal.StringToCoTaskMemUTF8(".");

    private static void Add(string root, string path)
    {
        if (path == Processes)
        {
            // Those of the process's own namespace, not what is mounted there now.
            Make(root, path, isFolder: true);
            Mount("proc", root + path, "proc", NoSetUid | NoDevices | NoExecution);

            // The kernel's settings lie there too, and let root's processes in by their user alone.
            MakeReadOnly(root + path, 0, NoExecution);
            return;
        }

        if (new FileInfo(path).LinkTarget is { } target)
        {
            Directory.CreateDirectory(root + Path.GetDirectoryName(path));
            File.CreateSymbolicLink(root + path, target);
            return;
        }

        Make(root, path, Directory.Exists(path));
        Mount(path, root + path, null, Bind | WithAllBelow);
        if (!path.StartsWith("/dev/", StringComparison.Ordinal)) MakeReadOnly(root + path, Recursively);
    }

    private static void Make(string root, string path, bool isFolder)
    {
        if (isFolder)
        {
            Directory.CreateDirectory(root + path);
            return;
        }

        Directory.CreateDirectory(root + Path.GetDirectoryName(path));
        File.Create(root + path).Dispose();
    }

    private static void MakeReadOnly(string path, nint how, nuint besides = 0)
    {
        var change = new Change(ReadOnly | NoSetUid | NoDevices | besides, 0, 0, 0);
        var text = Marshal.StringToCoTaskMemUTF8(path);
        Libc.Check(
            Libc.SystemCall(SystemCalls.MountSetAttributes, AtWorkingFolder, text, how, (nint)(&change), sizeof(Change)), $"'{path}' cannot be made read-only");
        Marshal.FreeCoTaskMem(text);
    }

    private static void Mount(string source, string target, string? type, nuint flags, string? data = null) =>
        Libc.Check(Libc.Mount(source, target, type, flags, data), $"'{source}' cannot be mounted at '{target}'");

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Change(ulong Set, ulong Clear, ulong Propagation, ulong Namespace);
}
