using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Tenancy;
using Agency.Data.Workflows;
using Agency.Scheduler.Dispatch;
using Agency.ServiceDefaults.WakeUps;
using Npgsql;

namespace Agency.Scheduler.Settling;

/// <summary>
/// Writes an attempt's end and all that follows from it in one transaction; refused when the run is no longer the holder's. Attempts that end
/// at the same time share a transaction.
/// </summary>
internal sealed partial class Settler
{
    private const int MaxBatch = 500;
    private const int Writers = 2;

    private readonly AgencyDatabase _database;
    private readonly IWakeUps _wakeUps;
    private readonly SchedulerTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly GroupCommit<Settlement, SettleOutcome> _writes;

    public Settler(AgencyDatabase database, IWakeUps wakeUps, SchedulerTelemetry telemetry, TimeProvider time, ILogger<Settler> logger)
    {
        (_database, _wakeUps, _telemetry, _time, _logger) = (database, wakeUps, telemetry, time, logger);
        _writes = new(WriteAsync, MaxBatch, Writers);
    }

    public Task<SettleOutcome> SettleAsync(RunKey key, AttemptResult result) => _writes.AddAsync(new Settlement(key, result));

    /// <summary>Settles a run as lost unless a heartbeat came since its lease was seen to end at <paramref name="leaseUntil"/>.</summary>
    public Task<SettleOutcome> SettleLostAsync(RunKey key, DateTimeOffset leaseUntil) => _writes.AddAsync(new Settlement(
        key,
        new AttemptResult.Failed(RunErrorKind.Lost, "The scheduler that executed the run vanished: its lease ended without an outcome."),
        leaseUntil));

    private async Task<IReadOnlyList<SettleOutcome>> WriteAsync(IReadOnlyList<Settlement> settlements)
    {
        var outcomes = new SettleOutcome[settlements.Count];
        await using (var connection = await _database.OpenAgencyConnectionAsync(CancellationToken.None))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var held = await HoldAsync(connection, settlements);
            var batch = new SettleBatch(_time.GetUtcNow());
            for (var i = 0; i < outcomes.Length; i++)
            {
                outcomes[i] = held[i] is { } run ? batch.Add(settlements[i].Key, run, settlements[i].Result) : SettleOutcome.Stale;
                if (outcomes[i] is SettleOutcome.Stale && settlements[i].OnlyIfLeaseIs is null)
                {
                    batch.AddRefused(settlements[i].Key);
                }
            }

            await batch.ExecuteAsync(connection, CancellationToken.None);
            await transaction.CommitAsync();
            for (var i = 0; i < outcomes.Length; i++)
            {
                Log(settlements[i], held[i], outcomes[i], held[i] is { } run && batch.Escalated(settlements[i].Key, run));
            }

            await TellAsync(outcomes, escalated: Enumerable.Range(0, held.Length).Any(i => held[i] is { } run && batch.Escalated(settlements[i].Key, run)));
        }

        return outcomes;
    }

    private void Log(Settlement settlement, HeldRun? run, SettleOutcome outcome, bool escalated)
    {
        var key = settlement.Key;
        if (run is null)
        {
            Stale(_logger, key.RunId.Value, key.Fencing);
            return;
        }

        if (settlement.Result is AttemptResult.Failed failed)
        {
            AttemptFailed(_logger, key.CompanyId, run.WorkflowId, run.Attempt, run.Retry.MaxAttempts, failed.Message, outcome);
        }
        else
        {
            Settled(_logger, key.CompanyId, run.WorkflowId, run.Attempt, outcome);
        }

        if (escalated)
        {
            WorkflowEscalated(_logger, key.CompanyId, run.WorkflowId);
        }

        _telemetry.Settled(outcome, settlement.Result);
    }

    private async Task TellAsync(SettleOutcome[] outcomes, bool escalated)
    {
        if (outcomes.Contains(SettleOutcome.HandedBack))
        {
            await _wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
        }

        if (outcomes.Any(o => o is not SettleOutcome.Stale))
        {
            await _wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        }

        if (escalated)
        {
            await _wakeUps.PublishAsync(Topics.Notifications, CancellationToken.None);
        }
    }

    /// <summary>Locks the runs that are still their holders', in the settlements' order; null where one is not.</summary>
    private static async Task<HeldRun?[]> HoldAsync(NpgsqlConnection connection, IReadOnlyList<Settlement> settlements)
    {
        await using var command = new NpgsqlCommand(SettleSql.Hold, connection)
        {
            Parameters =
            {
                new() { Value = settlements.Select(s => s.Key.CompanyId.Value).ToArray() },
                new() { Value = settlements.Select(s => s.Key.RunId.Value).ToArray() },
                new() { Value = settlements.Select(s => s.Key.Fencing).ToArray() },
                new() { Value = settlements.Select(s => s.Key.Owner).ToArray() },
                new NpgsqlParameter<DateTime?[]> { TypedValue = [.. settlements.Select(s => s.OnlyIfLeaseIs?.UtcDateTime)] },
            },
        };
        var held = new HeldRun?[settlements.Count];
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            held[reader.GetInt32(0) - 1] = Read(reader);
        }

        return held;
    }

    private static HeldRun Read(NpgsqlDataReader reader) => new()
    {
        WorkflowId = new WorkflowId(reader.GetString(1)),
        Attempt = reader.GetInt32(2),
        ScheduledFor = reader.GetFieldValue<DateTimeOffset>(3),
        StartedAt = reader.GetFieldValue<DateTimeOffset>(4),
        CancelReason = reader.IsDBNull(5) ? null : reader.GetString(5),
        WorkflowStatus = SnakeCase.Parse<WorkflowStatus>(reader.GetString(6)),
        FailureCount = reader.GetInt32(7),
        Retry = new RetryPolicy(
            reader.GetInt32(8),
            reader.GetInt32(9),
            reader.GetDouble(10),
            reader.GetInt32(11),
            reader.GetDouble(12),
            reader.IsDBNull(13) ? null : reader.GetInt32(13),
            [.. reader.GetFieldValue<string[]>(14).Select(SnakeCase.Parse<RunErrorKind>)]),
        CompanyName = reader.GetString(15),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "{Company}/{Workflow}: attempt {Attempt}: {Outcome}.")]
    private static partial void Settled(ILogger logger, CompanyId company, WorkflowId workflow, int attempt, SettleOutcome outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Company}/{Workflow}: attempt {Attempt} of {MaxAttempts} failed: {Reason} -> {Outcome}")]
    private static partial void AttemptFailed(
        ILogger logger, CompanyId company, WorkflowId workflow, int attempt, int maxAttempts, string reason, SettleOutcome outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Company}/{Workflow} is escalated: it failed too often in a row. People are told.")]
    private static partial void WorkflowEscalated(ILogger logger, CompanyId company, WorkflowId workflow);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An outcome of run {Run} was refused: fencing number {Fencing} is no longer its holder's.")]
    private static partial void Stale(ILogger logger, Guid run, long fencing);
}
