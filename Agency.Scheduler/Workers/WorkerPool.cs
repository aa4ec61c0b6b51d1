using System.Collections.Concurrent;
using Agency.Scheduler.Sandboxing;
using Microsoft.Extensions.Options;

namespace Agency.Scheduler.Workers;

/// <summary>
/// Keeps workers started and waiting, and starts another for each that was taken, once it is at work. How many follows what is asked for: a run that
/// finds none waiting raises the number, up to the runs that may execute at once, and every while without such a run lowers it again.
/// </summary>
internal sealed partial class WorkerPool(
    WorkerCommand command, WorkerStarter starter, IOptions<SchedulerOptions> options, TimeProvider time, ILogger<WorkerPool> logger) : IHostedService, IAsyncDisposable
{
    /// <summary>How long a number of waiting workers is kept that nobody needed.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);

    /// <summary>Starting is all computing: more at a time than there are processors makes each slower.</summary>
    private static readonly int MaxStarting = Environment.ProcessorCount;

    private readonly ILogger _logger = logger;
    private readonly ConcurrentQueue<WorkerProcess> _ready = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly List<Task> _filling = [];
    private Task _retiring = Task.CompletedTask;
    private int _starting;
    private int _wanted = options.Value.Prewarmed;
    private bool _missed;

    /// <summary>Workers that wait for a run.</summary>
    public int Waiting => _ready.Count;

    /// <summary>A worker that has said it is ready. Who takes one says with <see cref="Replace"/> when there is time for another.</summary>
    /// <exception cref="WorkerStartException">It did not start.</exception>
    public async Task<WorkerProcess> TakeAsync(CancellationToken cancellationToken)
    {
        while (_ready.TryDequeue(out var waiting))
        {
            if (!waiting.HasExited)
            {
                return waiting;
            }

            await waiting.DisposeAsync();
        }

        Miss();
        try
        {
            return await starter.StartAsync(cancellationToken);
        }
        finally
        {
            Replace();
        }
    }

    /// <summary>
    /// Starts workers in the place of those that were taken; again does no harm. Starting one takes more computing than beginning a run, which would
    /// wait for it on a machine of few processors.
    /// </summary>
    public void Replace()
    {
        lock (_lock)
        {
            _filling.RemoveAll(filling => filling.IsCompleted);
            while (!_stopping.IsCancellationRequested && _starting < MaxStarting && _ready.Count + _starting < _wanted)
            {
                _starting++;
                _filling.Add(Task.Run(FillAsync));
            }
        }
    }

    /// <summary>Once in a while: lets go of a worker when no run has found too few since the last time.</summary>
    public async Task RetireAsync()
    {
        lock (_lock)
        {
            if (_missed || _wanted <= options.Value.Prewarmed)
            {
                _missed = false;
                return;
            }

            _wanted--;
        }

        await RetireSurplusAsync();
    }

    /// <exception cref="SandboxRefusedException">No worker can be isolated as it must be.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Using(_logger, command.Build.File, command.Build.Reason);
        if (await starter.StartFirstAsync(cancellationToken) is { } first)
        {
            _ready.Enqueue(first);
            await RetireSurplusAsync();
        }

        Replace();
        _retiring = Task.Run(RetireRegularlyAsync, CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task[] busy;
        lock (_lock)
        {
            busy = [.. _filling, _retiring];
            _stopping.Cancel();
        }

        await Task.WhenAll(busy);
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

    private async Task RetireSurplusAsync()
    {
        if (_ready.Count > _wanted && _ready.TryDequeue(out var surplus))
        {
            await surplus.DisposeAsync();
        }
    }

    private void Miss()
    {
        lock (_lock)
        {
            _missed = true;

            // Who wants none kept waiting gets none.
            if (_wanted > 0 && _wanted < options.Value.Workers)
            {
                _wanted++;
            }
        }
    }

    private async Task FillAsync()
    {
        do
        {
            try
            {
                _ready.Enqueue(await starter.StartAsync(_stopping.Token));
            }
            catch (Exception e)
            {
                // The next run starts its own and reports what is wrong; trying on here would only repeat it.
                if (!_stopping.IsCancellationRequested)
                {
                    NotWarmed(_logger, e);
                }

                lock (_lock)
                {
                    _starting--;
                }

                return;
            }
        }
        while (IsAnotherWanted());
    }

    /// <summary>Asked by one who starts workers and is counted as starting one: he goes on, or counts no longer.</summary>
    private bool IsAnotherWanted()
    {
        lock (_lock)
        {
            if (!_stopping.IsCancellationRequested && _ready.Count + _starting <= _wanted)
            {
                return true;
            }

            _starting--;
            return false;
        }
    }

    private async Task RetireRegularlyAsync()
    {
        using var timer = new PeriodicTimer(Calm, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await RetireAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Workers are started from {File}: {Reason}.")]
    private static partial void Using(ILogger logger, string file, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "No worker could be warmed up.")]
    private static partial void NotWarmed(ILogger logger, Exception exception);
}
