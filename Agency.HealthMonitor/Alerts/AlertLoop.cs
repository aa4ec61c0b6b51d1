using System.Data.Common;
using Agency.Data.Tenancy;
using Microsoft.Extensions.Options;

namespace Agency.HealthMonitor.Alerts;

/// <summary>Checks every company's rules again and again. Any number of these may run at once.</summary>
internal sealed partial class AlertLoop(
    AgencyDatabase database, AlertEvaluator evaluator, IOptions<AlertOptions> options, TimeProvider time, ILogger<AlertLoop> logger) : BackgroundService
{
    private readonly ILogger _logger = logger;

    /// <summary>One check of everything.</summary>
    public async Task<IReadOnlyList<AlertCheck>> RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var context = database.OpenAgency();
        var checks = await evaluator.EvaluateAsync(context, company: null, cancellationToken);
        foreach (var check in checks)
        {
            if (check.Fired)
            {
                Fired(_logger, check.Metric, check.Client.Value, check.AlertRuleId);
            }
            else if (check.Cleared)
            {
                Cleared(_logger, check.Metric, check.Client.Value, check.AlertRuleId);
            }
        }

        return checks;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.CheckSeconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception e) when (e is DbException or InvalidOperationException { InnerException: DbException } && !stoppingToken.IsCancellationRequested)
            {
                // The database is away: the next round tries again. Anything else is a bug and stops the service.
                Failed(_logger, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alert: {Metric} of {Company} crossed its limit (rule {Rule}).")]
    private static partial void Fired(ILogger logger, string metric, string company, Guid rule);

    [LoggerMessage(Level = LogLevel.Information, Message = "Alert over: {Metric} of {Company} is within its limit again (rule {Rule}).")]
    private static partial void Cleared(ILogger logger, string metric, string company, Guid rule);

    [LoggerMessage(Level = LogLevel.Error, Message = "The alert rules could not be checked; the next round tries again.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
