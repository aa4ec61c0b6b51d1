using System.Globalization;
using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;
using Agency.Scheduler.Dispatch;
using Npgsql;

namespace Agency.Scheduler.Settling;

/// <summary>
/// Decides how held runs end that did not succeed, and collects what has to be written for it, so that a batch of any size is a handful of
/// statements. Runs of the same workflow see each other's effects in the order in which they are added.
/// </summary>
internal sealed class SettleBatch(DateTimeOffset now)
{
    private readonly List<RunMove> _moves = [];
    private readonly List<RunLine> _runLines = [];
    private readonly Dictionary<(CompanyId, WorkflowId), Tally> _tallies = [];
    private readonly List<NpgsqlBatchCommand> _escalations = [];
    private readonly List<RunKey> _refused = [];

    /// <summary>Adds a run's end and says what it is.</summary>
    public SettleOutcome Add(RunKey key, HeldRun run, AttemptResult result)
    {
        switch (result)
        {
            case AttemptResult.Failed { Kind: RunErrorKind.Cancelled } cancelled:
                Cancel(key, run, result, cancelled.Message);
                return SettleOutcome.Cancelled;
            case not null when run.CancelReason is { } reason:
                Cancel(key, run, result, reason);
                return SettleOutcome.Cancelled;
            case AttemptResult.HandedBack handedBack:
                HandBack(key, run, handedBack);
                return SettleOutcome.HandedBack;
            case AttemptResult.Failed failed:
                var delay = RetryDelay.After(key.RunId, run.Attempt, run.Retry);
                if (run.Retry.Refuses(failed.Kind, run.Attempt, run.StartedAt, now + delay) is { } refusal)
                {
                    Fail(key, run, failed, refusal);
                    return SettleOutcome.Failed;
                }

                Retry(key, run, failed, delay);
                return SettleOutcome.Retried;
            default:
                throw new InvalidOperationException($"No way to settle {result?.GetType().Name}.");
        }
    }

    /// <summary>Adds an outcome that came too late: it changes nothing and is told.</summary>
    public void AddRefused(RunKey key) => _refused.Add(key);

    /// <summary>Whether this run's failure was one too many.</summary>
    public bool Escalated(RunKey key, HeldRun run) => _tallies.TryGetValue((key.CompanyId, run.WorkflowId), out var tally) && tally.EscalatedBy == key.RunId;

    /// <summary>Sends all of it in one round trip.</summary>
    public async Task ExecuteAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        foreach (var command in Commands())
        {
            batch.BatchCommands.Add(command);
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private void HandBack(RunKey key, HeldRun run, AttemptResult.HandedBack result)
    {
        _moves.Add(new RunMove(key, RunTransitions.Requeue, result, null, null, AvailableAt: now, Uncounted: 1));
        Line(key, run, "handed_back", result.Reason ?? "The scheduler stopped before the run was through; the attempt does not count.");
    }

    private void Cancel(RunKey key, HeldRun run, AttemptResult result, string reason)
    {
        var cancelled = new AttemptResult.Failed(RunErrorKind.Cancelled, reason);
        _moves.Add(new RunMove(key, RunTransitions.Cancel, result, cancelled, null, FinishedAt: now));
        Line(key, run, "cancelled", reason);
    }

    private void Retry(RunKey key, HeldRun run, AttemptResult.Failed result, TimeSpan delay)
    {
        _moves.Add(new RunMove(key, RunTransitions.Requeue, result, result, result.Summary, AvailableAt: now + delay));
        Line(key, run, result.Kind is RunErrorKind.Lost ? "lost" : "attempt_failed", result.Message);
        var seconds = delay.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        Line(key, run, "retry_scheduled", $"Attempt {run.Attempt + 1} of {run.Retry.MaxAttempts} follows in {seconds} s.");
    }

    private void Fail(RunKey key, HeldRun run, AttemptResult.Failed result, string refusal)
    {
        _moves.Add(new RunMove(key, RunTransitions.Fail, result, result, result.Summary, FinishedAt: now));
        Line(key, run, result.Kind is RunErrorKind.Lost ? "lost" : "failed", $"{result.Message} {refusal}");
        var tally = TallyOf(key, run);
        tally.Failures++;
        if (tally.Failures >= Workflow.EscalateAfterFailures && WorkflowTransitions.Escalate.Allows(tally.Status))
        {
            tally.Status = WorkflowTransitions.Escalate.To;
            tally.EscalatedBy = key.RunId;
            _escalations.AddRange(FailureEscalation.Commands(key, run, result, tally.Failures, now));
        }
    }

    private IEnumerable<NpgsqlBatchCommand> Commands()
    {
        if (_refused.Count > 0)
        {
            yield return SettleCommand.Of(
                SettleSql.AddRefusals,
                SettleCommand.Array(_refused, k => k.CompanyId.Value),
                SettleCommand.Array(_refused, k => k.RunId.Value),
                SettleCommand.Array(_refused, k => k.Fencing),
                SettleCommand.Array(_refused, k => k.Owner),
                new() { Value = now });
        }

        if (_moves.Count == 0)
        {
            yield break;
        }

        yield return SettleCommand.Of(
            SettleSql.MoveRuns,
            SettleCommand.Array(_moves, m => m.Key.CompanyId.Value),
            SettleCommand.Array(_moves, m => m.Key.RunId.Value),
            SettleCommand.Array(_moves, m => m.Move.ToName),
            SettleCommand.Array(_moves, m => m.Result.Seconds),
            SettleCommand.Array(_moves, m => m.Result.ToolCalls),
            SettleCommand.Array(_moves, m => m.Failure is null ? null : SnakeCase.Of(m.Failure.Kind)),
            SettleCommand.Array(_moves, m => m.Failure?.Message),
            SettleCommand.Array(_moves, m => m.Summary),
            SettleCommand.Array(_moves, m => m.AvailableAt?.UtcDateTime),
            SettleCommand.Array(_moves, m => m.FinishedAt?.UtcDateTime),
            SettleCommand.Array(_moves, m => m.Uncounted));
        yield return SettleCommand.Of(
            SettleSql.AddRunEvents,
            SettleCommand.Array(_runLines, l => l.Key.CompanyId.Value),
            SettleCommand.Array(_runLines, l => l.Key.RunId.Value),
            SettleCommand.Array(_runLines, l => l.Attempt),
            SettleCommand.Array(_runLines, l => l.Type),
            SettleCommand.Array(_runLines, l => l.Message),
            new() { Value = now });
        if (_tallies.Count > 0)
        {
            var tallies = _tallies.ToList();
            yield return SettleCommand.Of(
                SettleSql.CountFailures,
                SettleCommand.Array(tallies, t => t.Key.Item1.Value),
                SettleCommand.Array(tallies, t => t.Key.Item2.Value),
                SettleCommand.Array(tallies, t => t.Value.Failures));
        }

        foreach (var command in _escalations)
        {
            yield return command;
        }
    }

    private void Line(RunKey key, HeldRun run, string type, string message) => _runLines.Add(new RunLine(key, run.Attempt, type, message));

    private Tally TallyOf(RunKey key, HeldRun run)
    {
        var id = (key.CompanyId, run.WorkflowId);
        return _tallies.TryGetValue(id, out var tally) ? tally : _tallies[id] = new Tally(run);
    }

    private sealed record RunMove(
        RunKey Key, Transition<RunStatus> Move, AttemptResult Result, AttemptResult.Failed? Failure, string? Summary,
        DateTimeOffset? AvailableAt = null, DateTimeOffset? FinishedAt = null, int Uncounted = 0);

    private sealed record RunLine(RunKey Key, int Attempt, string Type, string Message);

    /// <summary>A workflow's counters as they become in the course of the batch.</summary>
    private sealed class Tally(HeldRun run)
    {
        public int Failures { get; set; } = run.FailureCount;

        public WorkflowStatus Status { get; set; } = run.WorkflowStatus;

        public RunId? EscalatedBy { get; set; }
    }
}
