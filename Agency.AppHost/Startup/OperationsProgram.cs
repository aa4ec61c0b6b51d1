using System.Diagnostics;
using System.Text.Json;
using Agency.AppHost.State;

namespace Agency.AppHost.Startup;

/// <summary>Operations' program with the environment of the running service, for its one-shot commands.</summary>
internal sealed record OperationsProgram(string Program, string Folder, Dictionary<string, string> Environment)
{
    private const string FileName = "operations.json";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Keeps it for commands that are given while the agency runs. Only its owner can read the file: it holds secrets.</summary>
    public void Save(StateFolder state) => state.WriteSecret(FileName, JsonSerializer.Serialize(this));

    /// <summary>What the AppHost that runs on this state has saved.</summary>
    /// <exception cref="DistributedApplicationException">Nothing was saved there.</exception>
    public static OperationsProgram Load(string stateFolder)
    {
        try
        {
            return JsonSerializer.Deserialize<OperationsProgram>(File.ReadAllText(Path.Combine(stateFolder, FileName)))!;
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new DistributedApplicationException(
                $"No agency has been started on the state {stateFolder}, or it belongs to another user. Start it, or set AGENCY_HOME to the state that it runs on.", missing);
        }
    }

    /// <summary>Runs the program to its end with these arguments and returns the last line that it writes.</summary>
    /// <exception cref="DistributedApplicationException">It failed; the message says why.</exception>
    public async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, TimeProvider.System, cancellationToken);
            string line = (await output).Trim().Split('\n')[^1].Trim();
            return process.ExitCode == 0 && line.Length > 0
                ? line
                : throw new DistributedApplicationException($"Agency.Operations {arguments[0]} ended with exit code {process.ExitCode}. {(await errors).Trim().Split('\n')[0]}".TrimEnd());
        }
        catch (TimeoutException)
        {
            throw new DistributedApplicationException($"Agency.Operations {arguments[0]} did not end within {Patience.TotalSeconds:0} s.");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
