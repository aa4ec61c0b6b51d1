using Agency.Data;
using Agency.Data.Workflows;

namespace Agency.Operations.Registry;

/// <summary>Everything of a workflow that decides when it is due. Equal terms, equal occurrences.</summary>
internal sealed record ScheduleTerms(
    string? Expression, string? TimeZone, DateTimeOffset? StartAt, DateTimeOffset? EndAt, DstGap? Gap, DstOverlap? Overlap, bool ObserveCalendar)
{
    public static ScheduleTerms Of(Workflow workflow) => new(
        workflow.Schedule, workflow.TimeZone, workflow.StartAt, workflow.EndAt, workflow.DstGap, workflow.DstOverlap, workflow.ObserveCalendar);

    /// <summary>The schedule as it is to be read for the client; null without an expression.</summary>
    public Result<Schedule?> Read(ClientCalendar calendar)
    {
        if (EndAt <= StartAt)
        {
            return Error.Invalid($"end_at ({EndAt:O}) must be after start_at ({StartAt:O}).");
        }

        return WorkflowRules.ReadSchedule(Expression, TimeZone, calendar.TimeZone, new ScheduleOptions
        {
            StartAt = StartAt,
            EndAt = EndAt,
            Gap = Gap,
            Overlap = Overlap,
            ExcludedDates = ObserveCalendar ? calendar.ExcludedDates : null,
        });
    }

    /// <summary>The first occurrence after <paramref name="now"/>; null without an expression. It is an error when there is none.</summary>
    public Result<DateTimeOffset?> NextAfter(DateTimeOffset now, ClientCalendar calendar)
    {
        var schedule = Read(calendar);
        if (!schedule.IsSuccess)
        {
            return schedule.Error;
        }

        if (schedule.Value is null)
        {
            return (DateTimeOffset?)null;
        }

        return schedule.Value.Next(now) is { } next ? next : NeverOccurs(calendar);
    }

    /// <summary>Whether an occurrence that was named by hand lies in the window.</summary>
    public Error? Refuse(DateTimeOffset occurrence)
    {
        if (occurrence < StartAt)
        {
            return Error.Invalid($"next_run ({occurrence:O}) lies before start_at ({StartAt:O}).");
        }

        return occurrence >= EndAt ? Error.Invalid($"next_run ({occurrence:O}) does not lie before end_at ({EndAt:O}).") : null;
    }

    /// <summary>What keeps it from ever being due, which is the expression itself only where it never is without the rest.</summary>
    private Error NeverOccurs(ClientCalendar calendar)
    {
        var expression = Expression ?? "";
        var bare = this with { StartAt = null, EndAt = null, ObserveCalendar = false };
        if (bare.Read(calendar) is not { IsSuccess: true, Value: { } schedule } || schedule.Next(DateTimeOffset.UnixEpoch) is null)
        {
            return RegistryErrors.NeverOccurs(expression);
        }

        return Error.Invalid($"The schedule '{expression}' never comes due from now on: {Reason()}. Check it with preview_schedule, or change start_at and end_at.");

        string Reason() => (StartAt, EndAt) switch
        {
            ({ } start, { } end) => $"it has no occurrence from start_at ({start:O}) to end_at ({end:O}) that is still to come",
            (null, { } end) => $"it has no occurrence before end_at ({end:O})",
            _ => "every occurrence falls on an excluded date of the client",
        };
    }
}
