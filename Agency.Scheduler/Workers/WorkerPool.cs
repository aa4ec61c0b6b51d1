using System.Collections.Concurrent;
using Agency.Scheduler.Gateway;
using Agency.WorkerProtocol;
using Microsoft.Extensions.Options;

namespace Agency.Scheduler.Workers;

/// <summary>Keeps a few workers started and waiting, and starts another whenever one is taken.</summary>
internal sealed partial class WorkerPool(
    WorkerCommand command, WorkFolder folders, GatewayServer gateways, IOptions<SchedulerOptions> options, TimeProvider time,
    ILogger<WorkerPool> logger) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(30);

    private readonly ILogger _logger = logger;
    private readonly ConcurrentQueue<WorkerProcess> _ready = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Task _filling = Task.CompletedTask;

    /// <summary>Workers that are ready now.</summary>
    public int Waiting => _ready.Count;

    /// <summary>A worker that has said it is ready.</summary>
    /// <exception cref="WorkerStartException">It did not start.</exception>
    public async Task<WorkerProcess> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (_ready.TryDequeue(out var waiting))
            {
                if (!waiting.HasExited)
                {
                    return waiting;
                }

                await waiting.DisposeAsync();
            }

            return await StartOneAsync(cancellationToken);
        }
        finally
        {
            Fill();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Using(_logger, command.Build.File, command.Build.Reason);
        Fill();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task filling;
        lock (_lock)
        {
            filling = _filling;
            _stopping.Cancel();
        }

        await filling;
        while (_ready.TryDequeue(out var waiting))
        {
            await waiting.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The container holds it as a singleton and as a hosted service, and disposes of both.
        await StopAsync(CancellationToken.None);
    }

    private void Fill()
    {
        lock (_lock)
        {
            if (!_stopping.IsCancellationRequested)
            {
                _filling = _filling.IsCompleted ? Task.Run(FillAsync) : _filling;
            }
        }
    }

    private async Task FillAsync()
    {
        while (!_stopping.IsCancellationRequested && _ready.Count < options.Value.Prewarmed)
        {
            try
            {
                _ready.Enqueue(await StartOneAsync(_stopping.Token));
            }
            catch (Exception e) when (e is WorkerStartException or OperationCanceledException)
            {
                // The next run starts its own and reports what is wrong; trying on here would only repeat it.
                if (!_stopping.IsCancellationRequested)
                {
                    NotWarmed(_logger, e);
                }

                return;
            }
        }
    }

    private async Task<WorkerProcess> StartOneAsync(CancellationToken cancellationToken)
    {
        WorkerProcess worker;
        try
        {
            worker = await WorkerProcess.StartAsync(command, folders, gateways, time);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new WorkerStartException($"The worker could not be started: {e.Message}", e);
        }

        try
        {
            using var limit = new CancellationTokenSource(WarmUpTime, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var first = await worker.NextAsync(either.Token);
            if (first is { Event: ReadyEvent { Protocol: RunEnvelope.CurrentProtocol } })
            {
                return worker;
            }

            throw new WorkerStartException(first switch
            {
                null => $"The worker ended before it was ready: {await worker.DescribeEndAsync()}.",
                { Event: ReadyEvent ready } => $"The worker speaks protocol {ready.Protocol}, this scheduler {RunEnvelope.CurrentProtocol}. Deploy both together.",
                _ => "The worker's first line was not 'ready'.",
            });
        }
        catch (Exception e)
        {
            await worker.DisposeAsync();
            throw e is OperationCanceledException && !cancellationToken.IsCancellationRequested
                ? new WorkerStartException($"The worker was not ready within {WarmUpTime.TotalSeconds:0} s.", e)
                : e;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Workers are started from {File}: {Reason}.")]
    private static partial void Using(ILogger logger, string file, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "No worker could be warmed up.")]
    private static partial void NotWarmed(ILogger logger, Exception exception);
}

/// <summary>A worker did not come up: no fault of the run.</summary>
internal sealed class WorkerStartException(string message, Exception? inner = null) : Exception(message, inner);
