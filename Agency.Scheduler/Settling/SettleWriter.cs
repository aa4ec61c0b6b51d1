using System.Globalization;
using Agency.Data;
using Agency.Data.Escalations;
using Agency.Data.Runs;
using Agency.Data.Workflows;
using Agency.Scheduler.Dispatch;
using Npgsql;
using NpgsqlTypes;

namespace Agency.Scheduler.Settling;

/// <summary>Collects the statements of one settlement and sends them in one round trip.</summary>
internal sealed class SettleWriter(NpgsqlConnection connection, RunKey key, HeldRun run, DateTimeOffset now)
{
    private readonly NpgsqlBatch _batch = connection.CreateBatch();

    /// <summary>The failure was one too many.</summary>
    public bool Escalated { get; private set; }

    public void Succeed(AttemptResult.Succeeded result)
    {
        MoveRun(RunTransitions.Succeed, result, summary: result.Summary, finishedAt: now);
        RunEvent("succeeded", result.Summary);
        Count(0);
        WorkflowEvent("succeeded", $"The occurrence of {Time(run.ScheduledFor)} succeeded.");
    }

    public void HandBack(AttemptResult result)
    {
        MoveRun(RunTransitions.Requeue, result, availableAt: now, uncounted: 1);
        RunEvent("handed_back", "The scheduler stopped before the run was through; the attempt does not count.");
    }

    public void Cancel(AttemptResult.Failed result)
    {
        MoveRun(RunTransitions.Cancel, result, result, finishedAt: now);
        RunEvent("cancelled", result.Message);
    }

    public void Retry(AttemptResult.Failed result, TimeSpan delay)
    {
        MoveRun(RunTransitions.Requeue, result, result, availableAt: now + delay);
        RunEvent(SnakeCase.Of(result.Kind) is "lost" ? "lost" : "attempt_failed", result.Message);
        var seconds = delay.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        RunEvent("retry_scheduled", $"Attempt {run.Attempt + 1} of {run.MaxAttempts} follows in {seconds} s.");
    }

    public void Fail(AttemptResult.Failed result)
    {
        MoveRun(RunTransitions.Fail, result, result, finishedAt: now);
        RunEvent(SnakeCase.Of(result.Kind) is "lost" ? "lost" : "failed", result.Message);
        var failures = run.FailureCount + 1;
        Count(failures);
        WorkflowEvent("failed", $"The occurrence of {Time(run.ScheduledFor)} failed after attempt {run.Attempt}: {result.Message}");
        if (failures >= Workflow.EscalateAfterFailures && WorkflowTransitions.Escalate.Allows(run.WorkflowStatus))
        {
            Escalate(result, failures);
        }
    }

    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        await using (_batch)
        {
            await _batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private void Escalate(AttemptResult.Failed result, int failures)
    {
        Escalated = true;
        var reason = $"{failures} occurrences in a row failed; the last one: {result.Message}";
        Add(SettleSql.MoveWorkflow,
            new() { Value = key.CompanyId.Value },
            new() { Value = run.WorkflowId.Value },
            new() { Value = WorkflowTransitions.Escalate.ToName },
            new() { Value = WorkflowTransitions.Escalate.FromNames },
            new() { Value = reason },
            new() { Value = now });
        Add(SettleSql.OpenEscalation,
            new() { Value = key.CompanyId.Value },
            new() { Value = Guid.CreateVersion7(now) },
            new() { Value = run.WorkflowId.Value },
            new() { Value = key.RunId.Value },
            new() { Value = SnakeCase.Of(EscalationSource.Failures) },
            new() { Value = reason },
            new() { Value = SnakeCase.Of(EscalationStatus.Open) },
            new() { Value = now });
        WorkflowEvent("escalated", reason);
        Add(SettleSql.AddNotification,
            new() { Value = key.CompanyId.Value },
            new() { Value = Guid.CreateVersion7(now) },
            new() { Value = "workflow_escalated" },
            new() { Value = $"{run.CompanyName}: workflow '{run.WorkflowId}' is escalated after {failures} failures in a row" },
            new()
            {
                Value = $"""
                    The workflow '{run.WorkflowId}' of {run.CompanyName} ({key.CompanyId}) failed {failures} times in a row and does not fire any more.

                    Last failed occurrence: {Time(run.ScheduledFor)}, attempt {run.Attempt} of {run.MaxAttempts}, run {key.RunId}
                    What went wrong ({SnakeCase.Of(result.Kind)}): {result.Message}

                    Look at the run's steps, mend the cause, then set the workflow to active again: that resets its count of failures.
                    """,
            },
            new() { Value = now });
    }

    private void MoveRun(
        Transition<RunStatus> move, AttemptResult result, AttemptResult.Failed? failure = null, string? summary = null,
        DateTimeOffset? availableAt = null, DateTimeOffset? finishedAt = null, int uncounted = 0) =>
        Add(SettleSql.MoveRun,
            new() { Value = key.CompanyId.Value },
            new() { Value = key.RunId.Value },
            new() { Value = move.ToName },
            new() { Value = move.FromNames },
            new() { Value = result.Seconds },
            new() { Value = result.ToolCalls },
            new NpgsqlParameter<string?> { TypedValue = failure is null ? null : SnakeCase.Of(failure.Kind) },
            new NpgsqlParameter<string?> { TypedValue = failure?.Message },
            new NpgsqlParameter<string?> { TypedValue = summary ?? failure?.Summary },
            new NpgsqlParameter<DateTime?> { TypedValue = availableAt?.UtcDateTime },
            new NpgsqlParameter<DateTime?> { TypedValue = finishedAt?.UtcDateTime },
            new() { Value = uncounted });

    private void Count(int failures) =>
        Add(SettleSql.CountOutcome,
            new() { Value = key.CompanyId.Value },
            new() { Value = run.WorkflowId.Value },
            new() { Value = run.ScheduledFor },
            new() { Value = failures });

    private void RunEvent(string type, string message) =>
        Add(SettleSql.AddRunEvent,
            new() { Value = key.CompanyId.Value },
            new() { Value = key.RunId.Value },
            new() { Value = run.Attempt },
            new() { Value = now },
            new() { Value = type },
            new() { Value = message },
            new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });

    private void WorkflowEvent(string type, string message) =>
        Add(SettleSql.AddWorkflowEvent,
            new() { Value = key.CompanyId.Value },
            new() { Value = run.WorkflowId.Value },
            new() { Value = now },
            new() { Value = type },
            new() { Value = message });

    private void Add(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        _batch.BatchCommands.Add(command);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
