using Agency.AppHost.Resources;

namespace Agency.AppHost.Startup;

/// <summary><c>Agency.AppHost console-link</c>: writes a new link to the console of the agency that runs on the same state.</summary>
internal static class ConsoleLinkCommand
{
    private const string Name = "console-link";

    public static bool IsRequested(string[] args) => args is [Name, ..];

    /// <summary>The command line that a person can copy.</summary>
    public static string CommandLine(LocalRun local)
    {
        string command = $"dotnet {Quote(Path.Combine(AppContext.BaseDirectory, "Agency.AppHost.dll"))} {Name}";
        return local.State.Path == local.Output.DefaultState ? command : $"AGENCY_HOME={Quote(local.State.Path)} {command}";
    }

    /// <exception cref="DistributedApplicationException">No link was made; the message says why.</exception>
    public static async Task RunAsync()
    {
        var output = BuildOutput.Find(AppContext.BaseDirectory);
        string state = Environment.GetEnvironmentVariable("AGENCY_HOME") is { Length: > 0 } home ? Path.GetFullPath(home) : output.DefaultState;
        string link = await OperationsProgram.Load(state).RunAsync(["--console-link"], CancellationToken.None);
        await Console.Out.WriteLineAsync(link);
    }

    private static string Quote(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
