using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Agency.ServiceDefaults.Clock;

/// <summary>Asks for the database's time, once before anything else begins and then every few seconds.</summary>
internal sealed partial class ClockService(DatabaseClock clock, ILogger<ClockService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = logger;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await AskAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await AskAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await clock.SetAsync(cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            NoAnswer(_logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database did not tell its time; it is taken to go on as before.")]
    private static partial void NoAnswer(ILogger logger, Exception exception);
}
