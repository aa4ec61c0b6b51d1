using Agency.Data;
using Agency.Data.Tenancy;
using Agency.Scheduler.Settling;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Scheduler.Dispatch;

/// <summary>
/// Finds runs whose holder has gone, whichever scheduler that was, and settles them as lost: those whose lease this process has watched for a
/// whole lease, by its own steady clock, without a heartbeat. No wall clock takes part, so none that is wrong or set can declare a live run
/// dead or keep a dead one. Safe beside others: a run is settled once, because settling ends the hold.
/// </summary>
internal sealed partial class LeaseRecovery(
    AgencyDatabase database, Settler settler, Leases leases, IOptions<SchedulerOptions> options, TimeProvider time, ILogger<LeaseRecovery> logger)
{
    private readonly ILogger _logger = logger;
    private Dictionary<RunKey, Watched> _watched = [];

    /// <summary>Returns how many runs were recovered.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var watched = await LookAsync(cancellationToken);
        var recovered = 0;
        foreach (var (key, seen) in watched.Where(w => time.GetElapsedTime(w.Value.Since) >= options.Value.Lease && !leases.Holds(w.Key)))
        {
            try
            {
                if (await settler.SettleLostAsync(key, seen.LeaseUntil) is not SettleOutcome.Stale)
                {
                    Recovered(_logger, key.RunId.Value, key.Owner);
                    recovered++;
                }
            }
            catch (NpgsqlException e)
            {
                NotRecovered(_logger, e, key.RunId.Value);
            }
        }

        return recovered;
    }

    /// <summary>All that executes, and since when each lease has been the same.</summary>
    private async Task<Dictionary<RunKey, Watched>> LookAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ClaimSql.Running, connection);
        var now = new Dictionary<RunKey, Watched>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var key = new RunKey(new CompanyId(reader.GetString(0)), new RunId(reader.GetGuid(1)), reader.GetInt64(2), reader.GetString(3));
                var until = reader.GetFieldValue<DateTimeOffset>(4);
                now[key] = _watched.TryGetValue(key, out var before) && before.LeaseUntil == until ? before : new Watched(until, 0);
            }
        }

        // Counted from after the look: the heartbeat may have come at its end.
        var since = time.GetTimestamp();
        foreach (var key in now.Keys.Where(k => now[k].Since == 0).ToList())
        {
            now[key] = now[key] with { Since = since };
        }

        return _watched = now;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} was lost by {Owner} and is settled as such.")]
    private static partial void Recovered(ILogger logger, Guid run, string owner);

    [LoggerMessage(Level = LogLevel.Error, Message = "The lost run {Run} could not be settled; the next round tries again.")]
    private static partial void NotRecovered(ILogger logger, Exception exception, Guid run);

    private readonly record struct Watched(DateTimeOffset LeaseUntil, long Since);
}
