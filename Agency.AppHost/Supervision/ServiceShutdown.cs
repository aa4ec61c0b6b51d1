using Agency.AppHost.State;
using Agency.EmbeddedServers.Processes;
using Microsoft.Extensions.Hosting;

namespace Agency.AppHost.Supervision;

/// <summary>
/// Stops the services before the orchestrator ends everything at once: the scheduler first, while the servers that its runs call still answer,
/// and all of them while the dashboard still takes their last telemetry, for which each would otherwise wait five seconds.
/// </summary>
internal sealed class ServiceShutdown(DistributedApplicationModel model, ResourceNotificationService notifications) : IHostedService
{
    /// <summary>How long the scheduler lets its runs go on at a stop, so that all of it takes less than ten seconds.</summary>
    public static readonly TimeSpan SchedulerGrace = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            return; // There are no signals; the orchestrator ends them.

        await StopAsync([.. model.Resources.OfType<ProjectResource>().Where(r => r.Name == "scheduler")], SchedulerGrace + Patience, cancellationToken);
        await StopAsync([.. model.Resources.OfType<ProjectResource>()], Patience, cancellationToken);
    }

    /// <summary>What has not ended in time is left to the orchestrator, which kills it in the end.</summary>
    private async Task StopAsync(IReadOnlyList<ProjectResource> services, TimeSpan patience, CancellationToken cancellationToken)
    {
        var processes = services.Select(Process).OfType<ProcessIdentity>().Where(process => process.IsRunning).ToList();
        foreach (var process in processes)
            Signals.Send(process.Id, Signals.Terminate);
        long asked = TimeProvider.System.GetTimestamp();
        while (processes.Exists(p => p.IsRunning) && TimeProvider.System.GetElapsedTime(asked) < patience)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
    }

    private ProcessIdentity? Process(ProjectResource service) =>
        notifications.TryGetCurrentState(service.Name, out var current) && current.Snapshot.ProcessId() is { } id ? ProcessIdentity.Of(id) : null;
}
