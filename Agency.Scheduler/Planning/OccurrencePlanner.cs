using Agency.Data.Runs;
using Agency.Data.Workflows;

namespace Agency.Scheduler.Planning;

/// <summary>
/// The rules of catch-up and overlap. Of the occurrences missed while nothing was planning, the latest is executed and the others are
/// recorded as one skipped row, at most <see cref="Window"/> back. An occurrence that was in the past when its definition was written (an
/// import's) is executed once, as written, and what lies between it and the writing never counts. While a run of the workflow is open, a due
/// occurrence is skipped.
/// </summary>
internal static class OccurrencePlanner
{
    public const string Missed = "missed";
    public const string Overlap = "overlap";

    /// <summary>How far back missed occurrences are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(7);

    public static OccurrencePlan Plan(DueWorkflow workflow, DateTimeOffset now)
    {
        Schedule? schedule = null;
        if (workflow.Cron is { } cron)
        {
            var parsed = Schedule.Parse(cron, workflow.TimeZone);
            if (!parsed.IsSuccess)
            {
                return new OccurrencePlan([], null, parsed.Error.Message);
            }

            schedule = parsed.Value;
        }

        var planned = new List<Occurrence>(1);
        var open = workflow.HasOpenRun;
        DateTimeOffset? due = workflow.NextRun;
        if (due < workflow.WrittenAt)
        {
            planned.Add(new Occurrence(due.Value, RunTrigger.CatchUp, open ? Overlap : null));
            open = true;
            due = schedule?.Next(workflow.WrittenAt);
        }

        if (due <= now)
        {
            AddDue(planned, due.Value, schedule, open, now);
        }

        var next = due > now ? due : schedule?.Next(now);
        return next <= now
            ? new OccurrencePlan(planned, null, $"The schedule '{workflow.Cron}' does not advance past {now:O}.")
            : new OccurrencePlan(planned, next);
    }

    private static void AddDue(List<Occurrence> planned, DateTimeOffset first, Schedule? schedule, bool open, DateTimeOffset now)
    {
        var (latest, missed) = schedule is null ? (first, null) : Outage(first, schedule, now);
        if (missed is not null)
        {
            planned.Add(missed);
        }

        planned.Add(new Occurrence(latest, RunTrigger.Scheduled, open ? Overlap : null));
    }

    /// <summary>The latest occurrence up to now, and a row for those before it that lie within the window.</summary>
    private static (DateTimeOffset Latest, Occurrence? Missed) Outage(DateTimeOffset first, Schedule schedule, DateTimeOffset now)
    {
        var windowStart = now - Window;

        // A sparse schedule may have none within the window: look back further, so that a dense one is never walked through from far back.
        for (var reach = Window; ; reach *= 2)
        {
            var start = now - first > reach ? now - reach : first;
            var occurrence = start == first ? first : schedule.Next(start.AddTicks(-1));
            if (occurrence is null || occurrence > now)
            {
                continue;
            }

            var latest = occurrence.Value;
            var (count, from, until) = (0, latest, latest);
            while (schedule.Next(latest) is { } next && next <= now)
            {
                if (latest >= windowStart)
                {
                    from = count == 0 ? latest : from;
                    until = latest;
                    count++;
                }

                latest = next;
            }

            return (latest, count == 0 ? null : new Occurrence(from, RunTrigger.Scheduled, Missed, count, until));
        }
    }
}
