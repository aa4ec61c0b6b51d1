using System.Collections.Concurrent;
using Agency.AppHost.Resources;
using Agency.AppHost.State;
using Agency.EmbeddedServers.Processes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agency.AppHost.Supervision;

/// <summary>
/// Starts again what ended although nobody stopped it, and ends what no longer answers, so that it is started again. The orchestrator does
/// neither.
/// </summary>
internal sealed class Supervisor(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    ResourceCommandService commands,
    ResourceLoggerService logs,
    HealthCheckService health,
    IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>The dashboard, which Aspire adds by itself.</summary>
    private const string Dashboard = "aspire-dashboard";

    private const int FailedProbesUntilKilled = 6;

    /// <summary>A cold start on a busy machine takes its time.</summary>
    private const int FailedProbesUntilKilledBeforeHealthy = 24;

    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbeWithin = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, SupervisedResource> _resources = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What ends while the application stops was stopped on purpose.
        var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        return Task.WhenAll(RestartAsync(stop.Token), ProbeAsync(stop.Token));
    }

    private async Task RestartAsync(CancellationToken cancellationToken)
    {
        await foreach (var change in notifications.WatchAsync(cancellationToken))
        {
            if (!IsSupervised(change.Resource))
                continue;
            var resource = _resources.GetOrAdd(change.ResourceId, id => new SupervisedResource(change.Resource, id));
            if (resource.Update(change.Snapshot))
                _ = RestartAsync(resource, cancellationToken);
        }
    }

    private async Task RestartAsync(SupervisedResource resource, CancellationToken cancellationToken)
    {
        var log = logs.GetLogger(resource.Resource);
        try
        {
            while (resource.Snapshot!.HasEnded())
            {
                var pause = resource.NextPause();
                string how = resource.Snapshot!.ExitCode is { } code ? $"Ended unexpectedly with exit code {code}" : "Ended unexpectedly";
                log.LogWarning("{How}; starting it again in {Seconds} s.", how, pause.TotalSeconds);
                await Task.Delay(pause, TimeProvider.System, cancellationToken);
                if (!resource.Snapshot!.HasEnded())
                    return; // Somebody was faster.

                var started = await commands.ExecuteCommandAsync(resource.Id, KnownResourceCommands.StartCommand, cancellationToken);
                if (started.Success)
                    return;
                log.LogWarning("It could not be started: {Failure}", started.Message);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application stops.
        }
    }

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ProbeEvery, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var running = _resources.Values.Where(r => r.IsRunning).ToList();
            await Task.WhenAll(running.Select(resource => ProbeAsync(resource, cancellationToken)));
            foreach (var resource in running.Where(r => r.FailedProbes >= (r.WasHealthy ? FailedProbesUntilKilled : FailedProbesUntilKilledBeforeHealthy)))
                KillIfToBlame(resource);
        }
    }

    private async Task ProbeAsync(SupervisedResource resource, CancellationToken cancellationToken)
    {
        var keys = resource.Resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key).ToHashSet();
        if (keys.Count == 0)
            return;

        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        within.CancelAfter(ProbeWithin);
        bool healthy;
        try
        {
            healthy = (await health.CheckHealthAsync(check => keys.Contains(check.Name), within.Token).WaitAsync(ProbeWithin, TimeProvider.System, cancellationToken)).Status
                != HealthStatus.Unhealthy;
        }
        catch (Exception late) when (late is TimeoutException || (late is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            healthy = false;
        }

        resource.FailedProbes = healthy ? 0 : resource.FailedProbes + 1;
        resource.WasHealthy |= healthy;
    }

    /// <summary>A process that does not answer is killed, unless what it depends on is the reason, or somebody debugs it.</summary>
    private void KillIfToBlame(SupervisedResource resource)
    {
        if (resource.Snapshot!.ProcessId() is not { } id || DependsOnTrouble(resource.Resource))
            return;

        var log = logs.GetLogger(resource.Resource);
        if (DebuggerDetection.IsDebugged(id))
        {
            log.LogInformation("Process {ProcessId} does not answer, and is left alone: a debugger is attached.", id);
            return;
        }

        log.LogWarning("Process {ProcessId} was unhealthy for {Seconds} s. It is killed and started again.", id, resource.FailedProbes * ProbeEvery.TotalSeconds);
        resource.FailedProbes = 0;
        Signals.Send(id, Signals.Kill);
    }

    /// <summary>True when something that the resource waits for is down or unhealthy itself.</summary>
    private bool DependsOnTrouble(IResource resource) =>
        resource.Annotations.OfType<WaitAnnotation>()
            .Where(wait => wait.WaitType == WaitType.WaitUntilHealthy)
            .Any(wait => _resources.Values.Any(other => other.Resource == wait.Resource && (!other.IsRunning || other.FailedProbes > 0)));

    private bool IsSupervised(IResource resource) => resource switch
    {
        ProjectResource => !model.RunsToCompletion(resource),
        _ => resource.HasAnnotationOfType<EmbeddedServerAnnotation>() || resource.Name == Dashboard,
    };
}
