using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;

namespace Agency.Operations.Registry;

/// <summary>Brings a request's fields into a workflow, or says which of them is wrong.</summary>
internal static class WorkflowWriter
{
    /// <param name="workflow">With an error it is half changed and must not be saved.</param>
    /// <param name="isNew">Nothing of it has been written before.</param>
    /// <param name="request">Null fields are left as they are.</param>
    /// <param name="calendar">The client's time zone and excluded dates.</param>
    /// <param name="now">From when on a new schedule counts.</param>
    public static Error? Apply(Workflow workflow, bool isNew, WorkflowRequest request, ClientCalendar calendar, DateTimeOffset now)
    {
        var nextRun = Instants.ParseOptional("next_run", request.NextRun);
        var inputs = WorkflowRules.ReadInputs(request.Inputs);
        if ((CheckType(request.Type) ?? nextRun.Error ?? inputs.Error) is { } error)
        {
            return error;
        }

        var before = isNew ? null : ScheduleTerms.Of(workflow);
        workflow.Type = request.Type ?? workflow.Type;
        workflow.Schedule = Changed(workflow.Schedule, request.Schedule);
        workflow.TimeZone = Changed(workflow.TimeZone, request.TimeZone);
        workflow.Inputs = request.Inputs is null ? workflow.Inputs : inputs.Value;
        workflow.TimeoutSeconds = request.TimeoutSeconds ?? workflow.TimeoutSeconds;
        workflow.SlaMinutes = request.SlaMinutes ?? workflow.SlaMinutes;
        workflow.UpdatedAt = now;
        return ApplyScheduling(workflow, request.Scheduling ?? new SchedulingRequest())
            ?? ApplyRetry(workflow, request)
            ?? WorkflowRules.Check(workflow)
            ?? ApplyNextRun(workflow, before, nextRun.Value, calendar, now);
    }

    private static Error? ApplyScheduling(Workflow workflow, SchedulingRequest request)
    {
        var startAt = ChangedInstant("start_at", workflow.StartAt, request.StartAt);
        var endAt = ChangedInstant("end_at", workflow.EndAt, request.EndAt);
        if ((startAt.Error ?? endAt.Error) is { } error)
        {
            return error;
        }

        workflow.StartAt = startAt.Value;
        workflow.EndAt = endAt.Value;
        workflow.JitterSeconds = request.JitterSeconds ?? workflow.JitterSeconds;
        workflow.DstGap = request.DstGap switch
        {
            null => workflow.DstGap,
            DstGapChoice.NextValid => DstGap.NextValid,
            DstGapChoice.Skip => DstGap.Skip,
            _ => null,
        };
        workflow.DstOverlap = request.DstOverlap switch
        {
            null => workflow.DstOverlap,
            DstOverlapChoice.First => DstOverlap.First,
            DstOverlapChoice.Both => DstOverlap.Both,
            _ => null,
        };
        workflow.ObserveCalendar = request.ObserveCalendar ?? workflow.ObserveCalendar;
        workflow.CatchUp = request.CatchUp ?? workflow.CatchUp;
        workflow.CatchUpWindowMinutes = request.CatchUpWindowMinutes ?? workflow.CatchUpWindowMinutes;
        workflow.Overlap = request.Overlap ?? workflow.Overlap;
        workflow.MaxConcurrentRuns = ZeroClears(workflow.MaxConcurrentRuns, request.MaxConcurrentRuns);
        workflow.Priority = request.Priority ?? workflow.Priority;
        return null;
    }

    private static Error? ApplyRetry(Workflow workflow, WorkflowRequest request)
    {
        var retry = request.Retry ?? new RetryRequest();
        workflow.MaxAttempts = request.MaxAttempts ?? workflow.MaxAttempts;
        workflow.RetryInitialSeconds = request.RetryInitialSeconds ?? workflow.RetryInitialSeconds;
        workflow.RetryFactor = retry.Factor ?? workflow.RetryFactor;
        workflow.RetryMaxSeconds = retry.MaxSeconds ?? workflow.RetryMaxSeconds;
        workflow.RetryJitter = retry.Jitter ?? workflow.RetryJitter;
        workflow.RetryDeadlineSeconds = ZeroClears(workflow.RetryDeadlineSeconds, retry.DeadlineSeconds);
        workflow.NonRetryable = retry.NonRetryable is { } kinds
            ? [.. kinds.Distinct().Order().Select(kind => SnakeCase.Parse<RunErrorKind>(SnakeCase.Of(kind)))]
            : workflow.NonRetryable;
        return retry.MaxSeconds < workflow.RetryInitialSeconds
            ? Error.Invalid($"retry.max_seconds ({retry.MaxSeconds}) must not be less than retry_initial_seconds ({workflow.RetryInitialSeconds}).")
            : null;
    }

    /// <param name="before">The terms it had; null for a new workflow.</param>
    private static Error? ApplyNextRun(
        Workflow workflow, ScheduleTerms? before, DateTimeOffset? given, ClientCalendar calendar, DateTimeOffset now)
    {
        var terms = ScheduleTerms.Of(workflow);
        if (terms.Read(calendar).Error is { } unreadable)
        {
            return unreadable;
        }

        if (given is not null)
        {
            workflow.NextRun = given;
        }
        else if (terms == before)
        {
            return null;
        }
        else if (terms.Expression is not null || before?.Expression is not null)
        {
            var next = terms.NextAfter(now, calendar);
            if (!next.IsSuccess)
            {
                return next.Error;
            }

            workflow.NextRun = next.Value;
        }

        workflow.ScheduleSetAt = now;
        return workflow.NextRun is { } occurrence ? terms.Refuse(occurrence) : null;
    }

    private static Error? CheckType(string? type) => type is null ? null : WorkflowRules.CheckType(type);

    /// <summary>Null leaves it, empty clears it.</summary>
    private static string? Changed(string? current, string? requested) =>
        requested is null ? current : string.IsNullOrWhiteSpace(requested) ? null : requested.Trim();

    private static Result<DateTimeOffset?> ChangedInstant(string name, DateTimeOffset? current, string? requested) =>
        requested is null ? current : Instants.ParseOptional(name, requested);

    private static int? ZeroClears(int? current, int? requested) => requested is null ? current : requested == 0 ? null : requested;
}
