using System.Globalization;
using System.Runtime.InteropServices;

namespace Agency.Scheduler.Workers;

/// <summary>How a worker is started: the program, its arguments and its whole environment.</summary>
internal sealed record WorkerCommand(WorkerBuild Build, IReadOnlyList<string> Line, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Whether it runs on .NET's runtime, which wants to see the processes of its sandbox.</summary>
    public bool IsManaged { get; init; }

    /// <summary>The folders and files that it must be able to read, besides the system's libraries.</summary>
    public IReadOnlyList<string> Readable { get; init; } = [Path.GetDirectoryName(Build.File)!];

    /// <param name="build">The worker.</param>
    /// <param name="heapMegabytes">Memory that the worker's heap may take.</param>
    public static WorkerCommand For(WorkerBuild build, int heapMegabytes)
    {
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_GCHeapHardLimit"] = (heapMegabytes * 1024L * 1024).ToString("X", CultureInfo.InvariantCulture),
            ["DOTNET_TieredPGO"] = "0",
            ["DOTNET_EnableDiagnostics"] = "0",
        };
        if (OperatingSystem.IsWindows() && System.Environment.GetEnvironmentVariable("SystemRoot") is { } root)
        {
            environment["SystemRoot"] = root; // Sockets do not work without it.
        }

        var isProgram = !build.File.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        if (isProgram && !File.Exists((build.File.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? build.File[..^4] : build.File) + ".dll"))
        {
            return new WorkerCommand(build, [build.File], environment) { Readable = [build.File] };
        }

        var dotnet = DotnetRoot();
        environment["DOTNET_ROOT"] = dotnet;

        // It would take memory that counts against nobody, which a confined process may not have.
        environment["DOTNET_EnableWriteXorExecute"] = "0";
        string[] line = isProgram ? [build.File] : [Path.Combine(dotnet, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"), build.File];
        var command = new WorkerCommand(build, line, environment) { IsManaged = true };
        return command with { Readable = [.. command.Readable, dotnet] };
    }

    /// <summary>The folder of the runtime that this process runs on.</summary>
    private static string DotnetRoot() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
}
