using Agency.AppHost.Resources;
using Agency.AppHost.State;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Agency.AppHost.Startup;

/// <summary>Waits until the whole agency is ready and says what is where, or says what stands in the way and ends the AppHost.</summary>
internal sealed class StartupService(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    StartupSummary summary,
    IHostApplicationLifetime lifetime) : BackgroundService
{
    private const int EndsBeforeGivingUp = 3;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(3);

    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when everything is healthy and the operator's token lies in the state folder.</summary>
    /// <exception cref="DistributedApplicationException">The agency did not start; the message says why.</exception>
    public Task Ready => _ready.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            var trouble = WatchForTroubleAsync(stop.Token);
            var ready = WaitUntilReadyAsync(stop.Token);
            await await Task.WhenAny(trouble, ready);
            summary.Print();
            _ready.TrySetResult(true);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _ready.TrySetCanceled(stop.Token);
        }
        catch (DistributedApplicationException failure)
        {
            _ready.TrySetException(failure);
            Screen.WriteError($"\nThe agency did not start.\n{failure.Message}\n");
            if (LocalRun.IsProgram)
                Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var services = model.Resources.OfType<ProjectResource>().Where(r => !model.RunsToCompletion(r)).Select(r => r.Name).ToList();
        var waits = services.ToDictionary(name => name, name => notifications.WaitForResourceHealthyAsync(name, WaitBehavior.WaitOnResourceUnavailable, cancellationToken));
        try
        {
            var prepared = waits["operations"].ContinueWith(_ => summary.PrepareAsync(cancellationToken), cancellationToken, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default).Unwrap();
            await Task.WhenAll([.. waits.Values, prepared]).WaitAsync(ReadyWithin, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException)
        {
            string late = string.Join(", ", waits.Where(w => !w.Value.IsCompletedSuccessfully).Select(w => w.Key));
            throw new DistributedApplicationException($"Not healthy after {ReadyWithin.TotalMinutes:0} minutes: {late}. What they logged is above and in the dashboard.");
        }
    }

    /// <summary>Runs until something can no longer become ready.</summary>
    private async Task WatchForTroubleAsync(CancellationToken cancellationToken)
    {
        var ends = new Dictionary<string, int>();
        var last = new Dictionary<string, string?>();
        await foreach (var change in notifications.WatchAsync(cancellationToken))
        {
            var (resource, snapshot) = (change.Resource, change.Snapshot);
            bool changed = last.GetValueOrDefault(change.ResourceId) != snapshot.State?.Text;
            last[change.ResourceId] = snapshot.State?.Text;
            if (!changed || !snapshot.HasEnded())
                continue;

            // Redis is a convenience: everything works without it.
            if (resource is not RedisResource && resource.TryGetLastAnnotation<EmbeddedServerAnnotation>(out var server) && server.Failure is { } reason)
                throw new DistributedApplicationException(reason);
            if (resource is not ProjectResource)
                continue;
            if (model.RunsToCompletion(resource))
            {
                if (snapshot.ExitCode is { } code and not 0)
                    throw new DistributedApplicationException($"{resource.Name} ended with exit code {code}, so the services cannot start. What it logged is above.");
            }
            else if ((ends[change.ResourceId] = ends.GetValueOrDefault(change.ResourceId) + 1) == EndsBeforeGivingUp)
            {
                throw new DistributedApplicationException(
                    $"{resource.Name} ended {EndsBeforeGivingUp} times before it was healthy, last with exit code {snapshot.ExitCode}. What it logged is above.");
            }
        }
    }
}
