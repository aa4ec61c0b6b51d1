using Agency.Scheduler.Dispatch;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Scheduler.Planning;

/// <summary>Plans whenever something is due, was changed, or might have been.</summary>
internal sealed partial class PlannerService(
    Planner planner, RunQueueSignal signal, IWakeUps wakeUps, IOptions<SchedulerOptions> options, TimeProvider time, ILogger<PlannerService> logger)
    : BackgroundService
{
    /// <summary>Where much is due, in close succession, it is planned together.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(250);

    private readonly ILogger _logger = logger;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var loop = new WakeUpLoop(wakeUps, Topics.Runs, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = options.Value.PollInterval;
            try
            {
                var round = await planner.RunOnceAsync(signal.Wake, stoppingToken);
                if (round.Queued > 0)
                {
                    await wakeUps.PublishAsync(Topics.Runs, stoppingToken);
                    await wakeUps.PublishAsync(Topics.Changes, stoppingToken);
                }

                // On the dot where the next occurrence comes before the next look.
                if (round.Next is { } next && next - time.GetUtcNow() is var until && until < wait)
                {
                    wait = until > ShortestWait ? until : ShortestWait;
                }

                await loop.WaitAsync(wait, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                DatabaseAway(_logger, e);
                await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing could be planned: the database did not answer.")]
    private static partial void DatabaseAway(ILogger logger, Exception exception);
}
