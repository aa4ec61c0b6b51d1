using Agency.Data.Runs;
using Agency.Data.Workflows;

namespace Agency.Scheduler.Planning;

/// <summary>
/// The rules of catch-up and overlap. An occurrence that is due now goes by the overlap rule. One that is late by more than
/// <see cref="Tolerance"/> was missed: nothing was planning, or the client's work was held; the catch-up rule decides whether it is executed
/// yet. What is not executed is recorded as skipped, in one row for each stretch with the same reason, at most <see cref="CountWindow"/> (or
/// the workflow's catch-up window, where that is longer) back. An occurrence that was in the past when its definition was written (an
/// import's) is executed once, as written, and what lies between it and the writing never counts. What was due while the workflow stood is
/// skipped.
/// </summary>
internal static class OccurrencePlanner
{
    /// <summary>How far back missed occurrences are counted.</summary>
    public static readonly TimeSpan CountWindow = TimeSpan.FromDays(7);

    /// <summary>How late an occurrence may be planned and still be on time.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>How many missed occurrences of one workflow are made up for at most: the latest.</summary>
    public const int MaxCatchUpRuns = 1000;

    public static OccurrencePlan Plan(DueWorkflow workflow, IReadOnlyList<HoldPeriod> holds, DateTimeOffset now)
    {
        Schedule? schedule = null;
        if (workflow.Cron is { } cron)
        {
            var parsed = Schedule.Parse(cron, workflow.TimeZone, workflow.Options);
            if (!parsed.IsSuccess)
            {
                return new OccurrencePlan([], null, Fault: parsed.Error.Message);
            }

            schedule = parsed.Value;
        }

        var planned = new List<Occurrence>(1);
        var overlap = new OverlapRule(workflow.Overlap, workflow.OpenRuns, workflow.WaitingRuns);
        DateTimeOffset? due = workflow.NextRun;
        if (due < workflow.WrittenAt)
        {
            Admit(planned, due.Value, RunTrigger.CatchUp, overlap);
            due = schedule?.Next(workflow.WrittenAt);
        }

        if (due <= now)
        {
            var instants = schedule is null ? [due.Value] : Due(due.Value, schedule, workflow.CatchUpWindow, now);
            Decide(planned, workflow, holds, instants, overlap, now);
        }

        var next = due > now ? due : schedule?.Next(now);
        return next <= now
            ? new OccurrencePlan(planned, null, overlap.CancelsOpenRuns, $"The schedule '{workflow.Cron}' does not advance past {now:O}.")
            : new OccurrencePlan(planned, next, overlap.CancelsOpenRuns);
    }

    private static void Decide(
        List<Occurrence> planned, DueWorkflow workflow, IReadOnlyList<HoldPeriod> holds, List<DateTimeOffset> instants, OverlapRule overlap, DateTimeOffset now)
    {
        var missed = instants.FindIndex(instant => now - instant <= Tolerance) is var onTime and >= 0 ? onTime : instants.Count;
        var firstMadeUp = workflow.CatchUp switch
        {
            CatchUpPolicy.All => Math.Max(0, missed - MaxCatchUpRuns),
            CatchUpPolicy.Latest when missed == instants.Count => missed - 1,
            _ => missed,
        };
        for (var i = 0; i < instants.Count; i++)
        {
            var instant = instants[i];
            if (workflow.Cron is not null && instant < workflow.ActiveSince)
            {
                Skip(planned, instant, SkipReasons.Paused);
            }
            else if (i >= missed && i < instants.Count - 1 && workflow.Overlap is OverlapPolicy.CancelPrevious)
            {
                // Several at once, each replacing the one before: only the last has a chance.
                Skip(planned, instant, SkipReasons.Overlap);
            }
            else if (i >= missed)
            {
                Admit(planned, instant, RunTrigger.Scheduled, overlap);
            }
            else if (i < firstMadeUp || (workflow.Cron is not null && now - instant > workflow.CatchUpWindow))
            {
                Skip(planned, instant, holds.Any(hold => hold.Covers(workflow.CompanyId, instant)) ? SkipReasons.Held : SkipReasons.Missed);
            }
            else if (workflow.CatchUp is CatchUpPolicy.All)
            {
                overlap.Queue();
                planned.Add(new Occurrence(instant, RunTrigger.Scheduled));
            }
            else
            {
                Admit(planned, instant, RunTrigger.Scheduled, overlap);
            }
        }
    }

    private static void Admit(List<Occurrence> planned, DateTimeOffset instant, RunTrigger trigger, OverlapRule overlap)
    {
        if (overlap.Admit())
        {
            planned.Add(new Occurrence(instant, trigger));
        }
        else
        {
            Skip(planned, instant, SkipReasons.Overlap, trigger);
        }
    }

    /// <summary>Adds to the row before where that is for the same reason.</summary>
    private static void Skip(List<Occurrence> planned, DateTimeOffset instant, string reason, RunTrigger trigger = RunTrigger.Scheduled)
    {
        if (planned is [.., var last] && last.SkipReason == reason && last.Trigger == trigger)
        {
            planned[^1] = last with { Count = last.Count + 1, Until = instant };
        }
        else
        {
            planned.Add(new Occurrence(instant, trigger, reason));
        }
    }

    /// <summary>
    /// What is due from <paramref name="first"/> up to now: all of it within the last days that count, and further back only as far as the
    /// schedule is so sparse that there would be nothing else. So a dense one is never walked through from far back.
    /// </summary>
    private static List<DateTimeOffset> Due(DateTimeOffset first, Schedule schedule, TimeSpan window, DateTimeOffset now)
    {
        for (var reach = CountWindow; ; reach *= 2)
        {
            var whole = now - first <= reach;
            var instants = new List<DateTimeOffset>();
            for (var instant = whole ? first : schedule.Next((now - reach).AddTicks(-1)); instant <= now; instant = schedule.Next(instant.Value))
            {
                instants.Add(instant.Value);
            }

            if (whole || instants.Count >= MaxCatchUpRuns || (instants.Count > 0 && reach >= window))
            {
                return instants;
            }
        }
    }
}
