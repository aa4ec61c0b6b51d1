using System.Runtime.InteropServices;

namespace Agency.Scheduler.Workers;

/// <summary>How a worker is started: the program, its arguments and its whole environment.</summary>
internal sealed record WorkerCommand(string FileName, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    public const string PathVariable = "AGENCY_WORKER_PATH";

    private const string Name = "Agency.Worker";

    /// <param name="configured">What <see cref="PathVariable"/> says: the worker's executable, its .dll, or the folder of either.</param>
    /// <param name="heapMegabytes">Memory that the worker's heap may take.</param>
    /// <exception cref="FileNotFoundException">There is no worker; the message says what to do.</exception>
    public static WorkerCommand Find(string? configured, int heapMegabytes)
    {
        var place = string.IsNullOrWhiteSpace(configured) ? Path.Combine(AppContext.BaseDirectory, "worker") : Path.GetFullPath(configured);
        var executable = OperatingSystem.IsWindows() ? Name + ".exe" : Name;
        var file = ((string[])[place, Path.Combine(place, Name + ".dll"), Path.Combine(place, executable)]).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"There is no {Name} at '{place}'. Build or publish Agency.Scheduler, which puts it there, or set {PathVariable} to the worker's executable, .dll or folder.");

        var environment = new Dictionary<string, string>
        {
            ["DOTNET_GCHeapHardLimit"] = (heapMegabytes * 1024L * 1024).ToString("X", System.Globalization.CultureInfo.InvariantCulture),
            ["DOTNET_TieredPGO"] = "0",
            ["DOTNET_EnableDiagnostics"] = "0",
        };
        if (OperatingSystem.IsWindows() && System.Environment.GetEnvironmentVariable("SystemRoot") is { } root)
        {
            environment["SystemRoot"] = root; // Sockets do not work without it.
        }

        if (!file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            return new WorkerCommand(file, [], environment);
        }

        var dotnet = DotnetRoot();
        environment["DOTNET_ROOT"] = dotnet;
        return new WorkerCommand(Path.Combine(dotnet, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"), [file], environment);
    }

    /// <summary>The folder of the runtime that this process runs on.</summary>
    private static string DotnetRoot() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
}
