using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Tenancy;
using Agency.Scheduler.Dispatch;
using Agency.ServiceDefaults.WakeUps;

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

    /// <summary>All or nothing. Successes first: they need no decision, and one statement writes them.</summary>
    private async Task<IReadOnlyList<SettleOutcome>> WriteAsync(IReadOnlyList<Settlement> settlements)
    {
        var (outcomes, escalated) = (new SettleOutcome[settlements.Count], new List<(RunKey Key, HeldRun Run)>());
        var now = _time.GetUtcNow();
        var successes = Indices(settlements, success: true);
        var others = Indices(settlements, success: false);
        await using (var connection = await _database.OpenAgencyConnectionAsync(CancellationToken.None))
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var succeeded = successes.Count > 0 ? await SucceededRuns.EndAsync(connection, successes.ConvertAll(i => settlements[i]), now) : [];
            var held = others.Count > 0 ? await HeldRuns.LockAsync(connection, others.ConvertAll(i => settlements[i])) : [];
            var batch = new SettleBatch(now);
            for (var n = 0; n < successes.Count; n++)
            {
                outcomes[successes[n]] = succeeded[n] is null ? Refuse(settlements[successes[n]], batch) : SettleOutcome.Succeeded;
            }

            for (var n = 0; n < others.Count; n++)
            {
                var settlement = settlements[others[n]];
                outcomes[others[n]] = held[n] is { } run ? batch.Add(settlement.Key, run, settlement.Result) : Refuse(settlement, batch);
                if (held[n] is { } failed && batch.Escalated(settlement.Key, failed))
                {
                    escalated.Add((settlement.Key, failed));
                }
            }

            await batch.ExecuteAsync(connection, CancellationToken.None);
            await transaction.CommitAsync();
            for (var n = 0; n < successes.Count; n++)
            {
                Log(settlements[successes[n]], succeeded[n]);
            }

            for (var n = 0; n < others.Count; n++)
            {
                Log(settlements[others[n]], held[n], outcomes[others[n]]);
            }
        }

        foreach (var (key, run) in escalated)
        {
            WorkflowEscalated(_logger, key.CompanyId, run.WorkflowId);
        }

        await TellAsync(outcomes, escalated.Count > 0);
        return outcomes;
    }

    private static List<int> Indices(IReadOnlyList<Settlement> settlements, bool success) =>
        [.. Enumerable.Range(0, settlements.Count).Where(i => settlements[i].Result is AttemptResult.Succeeded == success)];

    /// <summary>A lost run whose holder came back is not refused: nobody has claimed anything.</summary>
    private static SettleOutcome Refuse(Settlement settlement, SettleBatch batch)
    {
        if (settlement.OnlyIfLeaseIs is null)
        {
            batch.AddRefused(settlement.Key);
        }

        return SettleOutcome.Stale;
    }

    private void Log(Settlement settlement, (WorkflowId Workflow, int Attempt)? run)
    {
        if (run is not var (workflow, attempt))
        {
            Stale(_logger, settlement.Key.RunId.Value, settlement.Key.Fencing);
            return;
        }

        Settled(_logger, settlement.Key.CompanyId, workflow, attempt, SettleOutcome.Succeeded);
        _telemetry.Settled(SettleOutcome.Succeeded, settlement.Result);
    }

    private void Log(Settlement settlement, HeldRun? run, SettleOutcome outcome)
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
