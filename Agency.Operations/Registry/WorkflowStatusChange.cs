using Agency.Data;
using Agency.Data.Workflows;
using Agency.Operations.Escalations;

namespace Agency.Operations.Registry;

/// <summary>What a change of status brings with it, whoever asks for it.</summary>
internal static class WorkflowStatusChange
{
    /// <summary>
    /// Applies the change to the locked workflow in the context's transaction. Resuming starts the schedule from now: what came due while it stood
    /// is not made up for. An occurrence without a schedule that was never made is still owed.
    /// </summary>
    public static async Task<Error?> ApplyAsync(
        AgencyDbContext context,
        Workflow workflow,
        WorkflowStatus target,
        string? message,
        string companyZone,
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

        if (before != target && target is WorkflowStatus.Active && workflow.Schedule is not null)
        {
            var schedule = WorkflowRules.ReadSchedule(workflow.Schedule, workflow.TimeZone, companyZone);
            var next = schedule.IsSuccess ? WorkflowRules.NextRun(schedule.Value, workflow.Schedule, now) : schedule.Error;
            if (!next.IsSuccess)
            {
                return next.Error;
            }

            workflow.NextRun = next.Value;
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
