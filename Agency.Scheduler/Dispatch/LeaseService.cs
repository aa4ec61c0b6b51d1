using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Scheduler.Dispatch;

/// <summary>Sends the heartbeats, and beside them looks for runs that others have lost or that nobody wants any more.</summary>
internal sealed partial class LeaseService(
    Leases leases, LeaseRecovery recovery, Cancellation cancellation, RunQueueSignal signal, IOptions<SchedulerOptions> options, TimeProvider time, ILogger<LeaseService> logger)
    : BackgroundService
{
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = logger;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var beat = options.Value.Lease / 3;
        await Task.WhenAll(
            RepeatAsync(leases.HeartbeatAsync, beat, stoppingToken),
            RepeatAsync(RecoverAsync, beat < LongestRecovery ? beat : LongestRecovery, stoppingToken));
    }

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await cancellation.CancelAbandonedAsync(cancellationToken);
        if (await recovery.RunOnceAsync(cancellationToken) > 0)
        {
            signal.Wake();
        }
    }

    private async Task RepeatAsync(Func<CancellationToken, Task> round, TimeSpan interval, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            do
            {
                try
                {
                    await round(stoppingToken);
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException)
                {
                    DatabaseAway(_logger, e);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Leases could not be looked after: the database did not answer.")]
    private static partial void DatabaseAway(ILogger logger, Exception exception);
}
