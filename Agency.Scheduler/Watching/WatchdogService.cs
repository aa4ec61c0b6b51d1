using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Scheduler.Watching;

/// <summary>Lets the watchdog look at regular intervals.</summary>
internal sealed partial class WatchdogService(Watchdog watchdog, IOptions<SchedulerOptions> options, TimeProvider time, ILogger<WatchdogService> logger)
    : BackgroundService
{
    private readonly ILogger _logger = logger;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.WatchInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await watchdog.RunOnceAsync(stoppingToken);
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException)
                {
                    DatabaseAway(_logger, e);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The watchdog could not look: the database did not answer.")]
    private static partial void DatabaseAway(ILogger logger, Exception exception);
}
