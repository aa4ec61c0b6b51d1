using Agency.Data;
using Agency.Data.Workflows;

namespace Agency.Operations.Registry;

/// <summary>Brings a request's fields into a workflow, or says which of them is wrong.</summary>
internal static class WorkflowWriter
{
    /// <param name="workflow">Changed only when there is no error.</param>
    /// <param name="request">Null fields are left as they are.</param>
    /// <param name="companyZone">The client's time zone.</param>
    /// <param name="now">From when on a new schedule counts.</param>
    public static Error? Apply(Workflow workflow, WorkflowRequest request, string companyZone, DateTimeOffset now)
    {
        if (request.Type is { } type && WorkflowRules.CheckType(type) is { } badType)
        {
            return badType;
        }

        if (LimitsError(request) is { } badLimit)
        {
            return badLimit;
        }

        var expression = Changed(workflow.Schedule, request.Schedule);
        var zone = Changed(workflow.TimeZone, request.TimeZone);
        var schedule = WorkflowRules.ReadSchedule(expression, zone, companyZone);
        var given = Instants.ParseOptional("next_run", request.NextRun);
        var inputs = WorkflowRules.ReadInputs(request.Inputs);
        if ((schedule.Error ?? given.Error ?? inputs.Error) is { } error)
        {
            return error;
        }

        var rescheduled = expression != workflow.Schedule || zone != workflow.TimeZone;
        Result<DateTimeOffset?> next = given.Value ?? workflow.NextRun;
        if (given.Value is null && rescheduled)
        {
            next = WorkflowRules.NextRun(schedule.Value, expression, now);
        }

        if (!next.IsSuccess)
        {
            return next.Error;
        }

        workflow.Type = request.Type ?? workflow.Type;
        workflow.Schedule = expression;
        workflow.TimeZone = zone;
        workflow.NextRun = next.Value;
        workflow.Inputs = request.Inputs is null ? workflow.Inputs : inputs.Value;
        workflow.MaxAttempts = request.MaxAttempts ?? workflow.MaxAttempts;
        workflow.RetryInitialSeconds = request.RetryInitialSeconds ?? workflow.RetryInitialSeconds;
        workflow.TimeoutSeconds = request.TimeoutSeconds ?? workflow.TimeoutSeconds;
        workflow.SlaMinutes = request.SlaMinutes ?? workflow.SlaMinutes;
        workflow.UpdatedAt = now;
        return null;
    }

    /// <summary>Null leaves it, empty clears it.</summary>
    private static string? Changed(string? current, string? requested) =>
        requested is null ? current : string.IsNullOrWhiteSpace(requested) ? null : requested.Trim();

    private static Error? LimitsError(WorkflowRequest request) =>
        OutOf("max_attempts", request.MaxAttempts, WorkflowRules.MaxAttempts)
        ?? OutOf("retry_initial_seconds", request.RetryInitialSeconds, WorkflowRules.MaxRetrySeconds)
        ?? OutOf("timeout_seconds", request.TimeoutSeconds, WorkflowRules.MaxTimeoutSeconds)
        ?? OutOf("sla_minutes", request.SlaMinutes, WorkflowRules.MaxSlaMinutes);

    private static Error? OutOf(string name, int? value, int max) =>
        value is { } given && (given < 1 || given > max) ? Error.Invalid($"{name} must be from 1 to {max}, but is {given}.") : null;
}
