using System.Globalization;
using System.Runtime.InteropServices;

namespace Agency.Scheduler.Workers;

/// <summary>How a worker is started: the program, its arguments and its whole environment.</summary>
internal sealed record WorkerCommand(WorkerBuild Build, string FileName, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
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

        if (!build.File.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            return new WorkerCommand(build, build.File, [], environment);
        }

        var dotnet = DotnetRoot();
        environment["DOTNET_ROOT"] = dotnet;
        return new WorkerCommand(build, Path.Combine(dotnet, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"), [build.File], environment);
    }

    /// <summary>The folder of the runtime that this process runs on.</summary>
    private static string DotnetRoot() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
}
