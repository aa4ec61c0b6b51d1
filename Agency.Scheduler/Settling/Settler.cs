using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Tenancy;
using Agency.Data.Workflows;
using Agency.Scheduler.Dispatch;
using Agency.ServiceDefaults.WakeUps;
using Npgsql;

namespace Agency.Scheduler.Settling;

/// <summary>Writes an attempt's end and all that follows from it in one transaction; refused when the run is no longer the holder's.</summary>
internal sealed partial class Settler(
    AgencyDatabase database, IWakeUps wakeUps, SchedulerTelemetry telemetry, TimeProvider time, ILogger<Settler> logger)
{
    private readonly ILogger _logger = logger;

    public Task<SettleOutcome> SettleAsync(RunKey key, AttemptResult result, CancellationToken cancellationToken) =>
        SettleAsync(key, result, onlyExpired: false, cancellationToken);

    /// <summary>Settles a run whose lease has ended as lost, unless a heartbeat came in between.</summary>
    public Task<SettleOutcome> SettleLostAsync(RunKey key, CancellationToken cancellationToken) =>
        SettleAsync(
            key,
            new AttemptResult.Failed(RunErrorKind.Lost, "The scheduler that executed the run vanished: its lease ended without an outcome."),
            onlyExpired: true,
            cancellationToken);

    private async Task<SettleOutcome> SettleAsync(RunKey key, AttemptResult result, bool onlyExpired, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await HoldAsync(connection, key, onlyExpired ? now : null, cancellationToken) is not { } run)
        {
            Stale(_logger, key.RunId.Value, key.Fencing);
            return SettleOutcome.Stale;
        }

        var writer = new SettleWriter(connection, key, run, now);
        var outcome = Decide(run, result);
        switch (outcome, result)
        {
            case (SettleOutcome.Succeeded, AttemptResult.Succeeded succeeded):
                writer.Succeed(succeeded);
                break;
            case (SettleOutcome.HandedBack, _):
                writer.HandBack(result);
                break;
            case (SettleOutcome.Cancelled, AttemptResult.Failed cancelled):
                writer.Cancel(cancelled);
                break;
            case (SettleOutcome.Retried, AttemptResult.Failed failed):
                writer.Retry(failed, RetryDelay.After(key.RunId, run.Attempt, run.RetryInitialSeconds, run.RetryFactor, run.RetryMaxSeconds));
                break;
            case (SettleOutcome.Failed, AttemptResult.Failed failed):
                writer.Fail(failed);
                break;
            default:
                throw new InvalidOperationException($"No way to settle {result.GetType().Name} as {outcome}.");
        }

        await writer.ExecuteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log(key, run, outcome, result, writer.Escalated);
        await TellAsync(outcome, result, writer.Escalated, cancellationToken);
        return outcome;
    }

    private static SettleOutcome Decide(HeldRun run, AttemptResult result) => result switch
    {
        AttemptResult.Succeeded => SettleOutcome.Succeeded,
        AttemptResult.HandedBack => SettleOutcome.HandedBack,
        AttemptResult.Failed { Kind: RunErrorKind.Cancelled } => SettleOutcome.Cancelled,
        AttemptResult.Failed { Kind: RunErrorKind.Transient or RunErrorKind.Timeout or RunErrorKind.Lost } when run.Attempt < run.MaxAttempts =>
            SettleOutcome.Retried,
        _ => SettleOutcome.Failed,
    };

    private void Log(RunKey key, HeldRun run, SettleOutcome outcome, AttemptResult result, bool escalated)
    {
        if (result is AttemptResult.Failed failed)
        {
            AttemptFailed(_logger, key.CompanyId, run.WorkflowId, run.Attempt, run.MaxAttempts, failed.Message, outcome);
        }
        else
        {
            Settled(_logger, key.CompanyId, run.WorkflowId, run.Attempt, outcome);
        }

        if (escalated)
        {
            WorkflowEscalated(_logger, key.CompanyId, run.WorkflowId);
        }
    }

    private async Task TellAsync(SettleOutcome outcome, AttemptResult result, bool escalated, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case SettleOutcome.Succeeded:
                telemetry.Finished(RunStatus.Succeeded);
                break;
            case SettleOutcome.Failed:
                telemetry.Finished(RunStatus.Failed);
                break;
            case SettleOutcome.Cancelled:
                telemetry.Finished(RunStatus.Cancelled);
                break;
            case SettleOutcome.Retried when result is AttemptResult.Failed failed:
                telemetry.Retried(failed.Kind);
                break;
            case SettleOutcome.HandedBack:
                await wakeUps.PublishAsync(Topics.Runs, cancellationToken);
                break;
        }

        await wakeUps.PublishAsync(Topics.Changes, cancellationToken);
        if (escalated)
        {
            await wakeUps.PublishAsync(Topics.Notifications, cancellationToken);
        }
    }

    private static async Task<HeldRun?> HoldAsync(
        NpgsqlConnection connection, RunKey key, DateTimeOffset? expiredAt, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(SettleSql.Hold, connection)
        {
            Parameters =
            {
                new() { Value = key.CompanyId.Value },
                new() { Value = key.RunId.Value },
                new() { Value = key.Fencing },
                new() { Value = key.Owner },
                new NpgsqlParameter<DateTime?> { TypedValue = expiredAt?.UtcDateTime },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new HeldRun(
                new WorkflowId(reader.GetString(0)),
                reader.GetInt32(1),
                reader.GetFieldValue<DateTimeOffset>(2),
                SnakeCase.Parse<WorkflowStatus>(reader.GetString(3)),
                reader.GetInt32(4),
                reader.GetInt32(5),
                reader.GetInt32(6),
                reader.GetDouble(7),
                reader.GetInt32(8),
                reader.GetString(9))
            : null;
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
