using Agency.Data;
using Agency.Data.Workflows;
using Agency.Operations.Escalations;

namespace Agency.Operations.Registry;

/// <summary>What a change of status brings with it, whoever asks for it.</summary>
internal static class WorkflowStatusChange
{
    /// <summary>
    /// Applies the change to the locked workflow in the context's transaction. What came due while it stood the planner records as skipped before
    /// it goes on; an occurrence without a schedule that was never made is still owed.
    /// </summary>
    public static async Task<Error?> ApplyAsync(
        AgencyDbContext context,
        Workflow workflow,
        WorkflowStatus target,
        string? message,
        ClientCalendar calendar,
        string by,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var before = workflow.Status;
        var changed = workflow.ChangeStatus(target, message, now);
        if (!changed.IsSuccess)
        {
            return changed.Error;
        }

        if (before != target && target is WorkflowStatus.Active && workflow is { Schedule: not null, NextRun: null })
        {
            // Nothing would make it fire again. A schedule that is over is none to stumble over: it may be resumed to run it by hand.
            workflow.NextRun = ScheduleTerms.Of(workflow).NextAfter(now, calendar) is { IsSuccess: true, Value: { } next } ? next : null;
        }

        if (before != target && before is WorkflowStatus.Escalated)
        {
            // Else the next three failures would find an escalation open and call nobody.
            await FailureEscalations.ResolveAsync(
                context, workflow.Key(), by, message ?? $"The workflow became {SnakeCase.Of(target)}.", now, cancellationToken);
        }

        var said = string.IsNullOrWhiteSpace(message) ? "" : $": {message}";
        context.AddHistory(workflow.Key(), now, "status_changed", $"{SnakeCase.Of(before)} -> {SnakeCase.Of(target)} by {by}{said}");
        return null;
    }
}
