using System.Diagnostics;
using System.Globalization;
using Agency.Scheduler.Workers;
using Agency.WorkerProtocol;

namespace Agency.Scheduler.Sandboxing;

/// <summary>Starts workers at one level of isolation.</summary>
internal sealed record Sandbox(SandboxLevel Level, SandboxOptions Options)
{
    private const string Scratch = "/tmp";
    private const string Processes = "/proc";

    /// <summary>What every program needs; those of them that a machine has.</summary>
    private static readonly string[] Common = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom"];

    private static readonly string[] ProgramFolders = ["/usr/bin", "/bin", "/usr/local/bin"];

    /// <summary>Whether the process that is started is not the worker but waits for it, its only child.</summary>
    public bool HasWrapper => Level >= SandboxLevel.Namespaces;

    /// <summary>Whether a worker can neither reach another process nor start one: all that it did ends with its own.</summary>
    public bool IsContained => Level > SandboxLevel.Bare;

    /// <exception cref="WorkerStartException">What it takes is not installed.</exception>
    public ProcessStartInfo Start(WorkerCommand command, string folder)
    {
        var temporary = HasWrapper ? Scratch : folder;
        var environment = new Dictionary<string, string>(command.Environment)
        {
            ["HOME"] = temporary,
            [OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR"] = temporary,
        };
        var line = Line(command, folder, environment);
        var start = new ProcessStartInfo(line[0], line.Skip(1))
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private List<string> Line(WorkerCommand command, string folder, Dictionary<string, string> environment)
    {
        if (IsContained && !OperatingSystem.IsLinux())
        {
            throw new WorkerStartException("it takes Linux");
        }

        string[] readable = [.. Common.Where(Path.Exists), .. command.Readable, folder];
        return Level switch
        {
            SandboxLevel.Bare => [.. command.Line],
            SandboxLevel.Landlock => [.. command.Line, .. Confined(command, FileConfinement.Landlock, readable)],
            SandboxLevel.Namespaces =>
            [
                Installed("setpriv", "util-linux"), "--no-new-privs", "--pdeathsig", "KILL",
                Installed("unshare", "util-linux"), "-Urnmipf", "--kill-child",
                .. command.Line, .. Confined(command, FileConfinement.Mounts, command.IsManaged ? [Processes, .. readable] : readable),
            ],
            _ =>
            [
                Installed("bwrap", "bubblewrap"), "--unshare-all", "--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL",
                "--clearenv", .. environment.SelectMany(v => (string[])["--setenv", v.Key, v.Value]),
                "--size", (Options.ScratchMegabytes * 1024L * 1024).ToString(CultureInfo.InvariantCulture), "--tmpfs", Scratch,
                .. command.IsManaged ? (string[])["--proc", Processes, "--remount-ro", Processes] : [], .. readable.SelectMany(Mounted), "--chdir", folder, "--remount-ro", "/",
                .. command.Line, .. new Confinement { Files = FileConfinement.Wrapped }.ToArguments(),
            ],
        };
    }

    private IReadOnlyList<string> Confined(WorkerCommand command, FileConfinement files, IReadOnlyList<string> readable) => new Confinement
    {
        Files = files,
        ScratchMegabytes = Options.ScratchMegabytes,
        Readable = readable,
        Command = command.Line,
    }.ToArguments();

    private static string[] Mounted(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) ? ["--dev-bind", path, path]
        : new FileInfo(path).LinkTarget is { } target ? ["--symlink", target, path]
        : ["--ro-bind", path, path];

    private static string Installed(string program, string package) =>
        ProgramFolders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new WorkerStartException($"'{program}' is not installed (apt-get install {package})");
}
