using System.Collections.Concurrent;
using Agency.Data.Runs;
using Agency.Scheduler.Settling;
using Agency.Scheduler.Workers;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Scheduler.Dispatch;

/// <summary>
/// Claims as many runs as there are free places and executes each in its own task. Ends those that someone cancelled. Stopping: it claims no
/// more, lets its runs finish for a grace period, then kills their workers and hands them back.
/// </summary>
internal sealed partial class Dispatcher(
    Claimer claimer, IRunExecutor executor, OutcomeWriter outcomes, Leases leases, Cancellation cancellation, RunQueueSignal signal, IOptions<SchedulerOptions> options,
    TimeProvider time, ILogger<Dispatcher> logger) : BackgroundService
{
    /// <summary>How long a place may stay free for the sake of a larger claim.</summary>
    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a cancellation may wait while claims follow one another.</summary>
    private static readonly TimeSpan LongestUnheard = TimeSpan.FromMilliseconds(100);

    /// <summary>A claim of more runs than this starts several of them by one task.</summary>
    private const int MostParts = 16;

    private readonly ILogger _logger = logger;
    private readonly ConcurrentDictionary<RunKey, Executing> _running = new();
    private readonly CancellationTokenSource _givingUp = new();

    /// <summary>The last claim filled every place, so there is more to be had.</summary>
    private bool _full;

    /// <summary>When it was last asked what is to end.</summary>
    private long _heardAt;

    /// <summary>How many are in <see cref="_running"/>: asking that takes all of its locks.</summary>
    private int _count;

    private int Free => options.Value.Workers - Volatile.Read(ref _count);

    /// <summary>Ends what executes here and was cancelled or frozen.</summary>
    public async Task EndCancelledAsync(CancellationToken cancellationToken)
    {
        _heardAt = time.GetTimestamp();
        foreach (var (key, endedAs) in await cancellation.RunOnceAsync(cancellationToken))
        {
            if (_running.TryGetValue(key, out var executing))
            {
                executing.End(endedAs);
            }
        }
    }

    /// <summary>Claims for the free places and starts what was claimed. Returns how many that were.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var free = Free;
        if (free <= 0)
        {
            return 0;
        }

        var claimed = await claimer.ClaimAsync(free, cancellationToken);
        _full = claimed.Count == free;
        foreach (var part in claimed.Chunk(1 + (claimed.Count / MostParts)))
        {
            Start(part);
        }

        return claimed.Count;
    }

    /// <summary>Lets the runs finish, for <paramref name="grace"/> at most, then hands them back.</summary>
    public async Task DrainAsync(TimeSpan grace)
    {
        var all = Task.WhenAll(_running.Values.Select(executing => executing.Done));
        try
        {
            await all.WaitAsync(grace, time);
        }
        catch (TimeoutException)
        {
            HandingBack(_logger, _running.Count);
            await _givingUp.CancelAsync();
            foreach (var executing in _running.Values)
            {
                executing.End(new AttemptResult.HandedBack());
            }

            await all;
        }
    }

    public override void Dispose()
    {
        _givingUp.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // A claim hands out no more than a company's share: what is left over goes to the next one.
                while (await RunOnceAsync(stoppingToken) > 0 && !_full)
                {
                }

                if (!_full || time.GetElapsedTime(_heardAt) > LongestUnheard)
                {
                    await EndCancelledAsync(stoppingToken);
                }

                await signal.WaitAsync(options.Value.PollInterval, stoppingToken);
                if (_full)
                {
                    await GatherAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                NotClaimed(_logger, e);
                await Task.Delay(options.Value.PollInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await DrainAsync(options.Value.ShutdownGrace);
    }

    /// <summary>
    /// With a queue and many places: until half of them are free, or for a moment. A claim costs nearly the same for one run as for a hundred.
    /// </summary>
    private async Task GatherAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (Free < options.Value.Workers / 2 && time.GetElapsedTime(started) is var waited && waited < LongestGathering)
        {
            await signal.WaitAsync(LongestGathering - waited, cancellationToken);
        }
    }

    /// <summary>Held from here on, so that heartbeats start even when the task has to wait for a thread.</summary>
    private void Start(ClaimedRun[] runs)
    {
        var starting = runs.Select(run =>
        {
            var executing = new Executing();
            _running[run.Key] = executing;
            return (Run: run, Executing: executing, Hold: leases.Hold(run.Key, run.ClaimedAt, executing.Lose));
        }).ToList();
        Interlocked.Add(ref _count, runs.Length);
        _ = Task.Run(() => starting.ForEach(s => _ = RunAsync(s.Run, s.Executing, s.Hold)));
    }

    private async Task RunAsync(ClaimedRun run, Executing executing, IDisposable hold)
    {
        try
        {
            await ExecuteAsync(run, executing);
        }
        catch (Exception e)
        {
            Faulted(_logger, e, run.Key.RunId.Value);
        }
        finally
        {
            hold.Dispose();
            _running.TryRemove(run.Key, out _);
            Interlocked.Decrement(ref _count);
            executing.Dispose();
            signal.Wake();
        }
    }

    private async Task ExecuteAsync(ClaimedRun run, Executing executing)
    {
        AttemptResult result;
        try
        {
            result = await executor.ExecuteAsync(run, executing.Interrupted);
        }
        catch (OperationCanceledException) when (executing.Interrupted.IsCancellationRequested)
        {
            result = executing.EndedAs ?? new AttemptResult.HandedBack();
        }
        catch (Exception e)
        {
            // A fault of this program, but of this run alone: the others go on.
            Faulted(_logger, e, run.Key.RunId.Value);
            result = new AttemptResult.Failed(RunErrorKind.Transient, $"The scheduler failed to execute the run ({e.GetType().Name}); see its log.");
        }

        await outcomes.WriteAsync(run.Key, result, () => executing.IsLost, _givingUp.Token);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The grace period is over: {Count} runs are handed back.")]
    private static partial void HandingBack(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "No runs could be claimed: the database did not answer.")]
    private static partial void NotClaimed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} could not be executed.")]
    private static partial void Faulted(ILogger logger, Exception exception, Guid run);
}
