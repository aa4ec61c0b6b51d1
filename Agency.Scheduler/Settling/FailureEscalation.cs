using System.Globalization;
using Agency.Data;
using Agency.Data.Escalations;
using Agency.Data.Workflows;
using Agency.Scheduler.Dispatch;
using Npgsql;

namespace Agency.Scheduler.Settling;

/// <summary>What follows from one failure too many: the workflow fires no more, a person is to look at it and is told so.</summary>
internal static class FailureEscalation
{
    /// <param name="key">The run that failed last.</param>
    /// <param name="run">What is known of it.</param>
    /// <param name="result">How it failed.</param>
    /// <param name="failures">Failed occurrences in a row.</param>
    /// <param name="now">When.</param>
    public static IEnumerable<NpgsqlBatchCommand> Commands(RunKey key, HeldRun run, AttemptResult.Failed result, int failures, DateTimeOffset now)
    {
        var reason = $"{failures} occurrences in a row failed; the last one: {result.Message}";
        yield return SettleCommand.Of(
            SettleSql.MoveWorkflow,
            new() { Value = key.CompanyId.Value },
            new() { Value = run.WorkflowId.Value },
            new() { Value = WorkflowTransitions.Escalate.ToName },
            new() { Value = WorkflowTransitions.Escalate.FromNames },
            new() { Value = reason },
            new() { Value = now });
        yield return SettleCommand.Of(
            SettleSql.AddWorkflowEvent,
            new() { Value = key.CompanyId.Value },
            new() { Value = run.WorkflowId.Value },
            new() { Value = "escalated" },
            new() { Value = reason },
            new() { Value = now });
        yield return SettleCommand.Of(
            SettleSql.OpenEscalation,
            new() { Value = key.CompanyId.Value },
            new() { Value = Guid.CreateVersion7(now) },
            new() { Value = run.WorkflowId.Value },
            new() { Value = key.RunId.Value },
            new() { Value = SnakeCase.Of(EscalationSource.Failures) },
            new() { Value = reason },
            new() { Value = SnakeCase.Of(EscalationStatus.Open) },
            new() { Value = now });
        yield return SettleCommand.Of(
            SettleSql.AddNotification,
            new() { Value = key.CompanyId.Value },
            new() { Value = Guid.CreateVersion7(now) },
            new() { Value = "workflow_escalated" },
            new() { Value = $"{run.CompanyName}: workflow '{run.WorkflowId}' is escalated after {failures} failures in a row" },
            new()
            {
                Value = $"""
                    The workflow '{run.WorkflowId}' of {run.CompanyName} ({key.CompanyId}) failed {failures} times in a row and does not fire any more.

                    Last failed occurrence: {Time(run.ScheduledFor)}, attempt {run.Attempt} of {run.Retry.MaxAttempts}, run {key.RunId}
                    What went wrong ({SnakeCase.Of(result.Kind)}): {result.Message}

                    Look at the run's steps, mend the cause, then set the workflow to active again: that resets its count of failures.
                    """,
            },
            new() { Value = now });
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
