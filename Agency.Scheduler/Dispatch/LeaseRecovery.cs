using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Tenancy;
using Agency.Scheduler.Settling;
using Npgsql;

namespace Agency.Scheduler.Dispatch;

/// <summary>
/// Finds runs whose lease has ended, whichever scheduler held them, and settles them as lost. Safe beside others: a run is settled once,
/// because settling ends the hold. Queued runs that nobody wants any more are cancelled on the same round.
/// </summary>
internal sealed partial class LeaseRecovery(
    AgencyDatabase database, Settler settler, SchedulerTelemetry telemetry, TimeProvider time, ILogger<LeaseRecovery> logger)
{
    private const int Batch = 100;

    private readonly ILogger _logger = logger;

    /// <summary>Returns how many runs were recovered.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var recovered = 0;
        foreach (var key in await LookAsync(cancellationToken))
        {
            try
            {
                if (await settler.SettleLostAsync(key, cancellationToken) is not SettleOutcome.Stale)
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

    private async Task<List<RunKey>> LookAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using (var cancel = new NpgsqlCommand(ClaimSql.CancelAbandoned, connection)
        {
            Parameters =
            {
                new() { Value = now },
                new() { Value = RunTransitions.Cancel.FromNames },
                new() { Value = RunTransitions.Cancel.ToName },
            },
        })
        {
            await cancel.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var depth = new NpgsqlCommand(ClaimSql.QueueDepth, connection) { Parameters = { new() { Value = now } } })
        {
            telemetry.QueueDepth((long)(await depth.ExecuteScalarAsync(cancellationToken))!);
        }

        await using var command = new NpgsqlCommand(ClaimSql.Expired, connection)
        {
            Parameters = { new() { Value = now }, new() { Value = Batch } },
        };
        var expired = new List<RunKey>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            expired.Add(new RunKey(new CompanyId(reader.GetString(0)), new RunId(reader.GetGuid(1)), reader.GetInt64(2), reader.GetString(3)));
        }

        return expired;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} was lost by {Owner} and is settled as such.")]
    private static partial void Recovered(ILogger logger, Guid run, string owner);

    [LoggerMessage(Level = LogLevel.Error, Message = "The lost run {Run} could not be settled; the next round tries again.")]
    private static partial void NotRecovered(ILogger logger, Exception exception, Guid run);
}
