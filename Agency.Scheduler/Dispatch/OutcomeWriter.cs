using Agency.Scheduler.Settling;
using Npgsql;

namespace Agency.Scheduler.Dispatch;

/// <summary>Has an attempt's outcome written, also through a time without the database.</summary>
internal sealed partial class OutcomeWriter(Settler settler, Cancellation cancellation, TimeProvider time, ILogger<OutcomeWriter> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;

    /// <summary>
    /// Tries until it is written or the lease is gone; then recovery settles the run as lost. Whether the run is still this scheduler's the
    /// database knows best, so it is asked once also when the lease seems to be gone.
    /// </summary>
    /// <param name="key">The hold.</param>
    /// <param name="result">How the attempt ended.</param>
    /// <param name="lost">Whether the lease is gone.</param>
    /// <param name="givingUp">The scheduler stops and waits no longer.</param>
    public async Task WriteAsync(RunKey key, AttemptResult result, Func<bool> lost, CancellationToken givingUp)
    {
        var outcome = await UnlessFrozenAsync(key, result);
        while (true)
        {
            try
            {
                await settler.SettleAsync(key, outcome);
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                NotSettled(_logger, e, key.RunId.Value);
                if (lost() || givingUp.IsCancellationRequested || IsRefusal(e))
                {
                    return;
                }

                await Task.Delay(Pause, time, givingUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<AttemptResult> UnlessFrozenAsync(RunKey key, AttemptResult result)
    {
        try
        {
            return await cancellation.UnlessFrozenAsync(key.CompanyId, result, CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // It counts as what it looks like; settling will meet the same database.
            return result;
        }
    }

    /// <summary>The database understood and will never take it: a wrong value, a violated constraint, a statement that is wrong.</summary>
    private static bool IsRefusal(Exception e) => e is PostgresException { SqlState: [var first, var second, ..] } && (first, second) is ('2', '2' or '3') or ('4', '2');

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcome of run {Run} could not be written.")]
    private static partial void NotSettled(ILogger logger, Exception exception, Guid run);
}
