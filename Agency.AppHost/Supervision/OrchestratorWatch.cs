using System.Diagnostics;
using Agency.AppHost.Startup;
using Agency.AppHost.State;
using Microsoft.Extensions.Hosting;

namespace Agency.AppHost.Supervision;

/// <summary>
/// Ends the AppHost when the orchestrator's process (DCP) has died: nothing can be started, stopped or watched without it, and it took the
/// services with it. Aspire itself goes on without noticing.
/// </summary>
internal sealed class OrchestratorWatch(IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(7);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (OperatingSystem.IsWindows() || !LocalRun.IsProgram)
            return; // Windows offers no way to tell which of several orchestrators is ours.

        ProcessIdentity? orchestrator = null;
        while (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await Task.Delay(LookEvery, TimeProvider.System, stoppingToken);
            if (orchestrator is null)
                orchestrator = await FindAsync(stoppingToken);
            else if (!orchestrator.Value.IsRunning && !lifetime.ApplicationStopping.IsCancellationRequested)
                break;
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        Screen.WriteError("The orchestrator (DCP) ended unexpectedly, and the services with it. The agency stops; start it again.");
        Environment.ExitCode = 1;
        lifetime.StopApplication();

        // Aspire's own stop talks to the orchestrator, and may wait for an answer that never comes.
        await Task.Delay(StopWithin, TimeProvider.System, CancellationToken.None);
        Environment.Exit(1);
    }

    /// <summary>The orchestrator is told on its command line which process it serves.</summary>
    private static async Task<ProcessIdentity?> FindAsync(CancellationToken cancellationToken)
    {
        string wanted = $"--monitor {Environment.ProcessId} ";
        using var list = Process.Start(new ProcessStartInfo("ps", ["-A", "-ww", "-o", "pid=,args="]) { RedirectStandardOutput = true });
        string? line = (await list!.StandardOutput.ReadToEndAsync(cancellationToken)).Split('\n')
            .FirstOrDefault(l => l.Contains("start-apiserver", StringComparison.Ordinal) && l.Contains(wanted, StringComparison.Ordinal));
        return line is not null && int.TryParse(line.TrimStart().Split(' ')[0], out int id) ? ProcessIdentity.Of(id) : null;
    }
}
