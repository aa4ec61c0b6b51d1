using System.Globalization;
using System.Text;
using Agency.Chaos.Tests.Checks;
using Agency.Chaos.Tests.Events;
using Agency.Chaos.Tests.Parts;
using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests;

/// <summary>What a person needs to judge a chaos run, and to repeat it.</summary>
internal static class ChaosReport
{
    public static string Write(
        int seed, double minutes, IReadOnlyList<ChaosEvent> plan, IReadOnlyList<string> told, IReadOnlyList<SchedulerProcess> processes, History history,
        IReadOnlyList<CheckResult> results)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Chaos with AGENCY_CHAOS_SEED={seed} AGENCY_CHAOS_MINUTES={minutes}").AppendLine(Population.Describe());
        text.AppendLine("Planned:").AppendJoin(Environment.NewLine, plan.Select(e => "  " + e)).AppendLine();
        text.AppendLine("Happened:").AppendJoin(Environment.NewLine, told.Select(t => "  " + t)).AppendLine().AppendLine("Counts:");
        Count(text, "events", plan.GroupBy(e => e.Kind).Select(g => (g.Key.ToString(), g.Count())));
        Count(text, "starts of schedulers", processes.Select(p => (p.Name, p.Starts)));
        Count(text, "milliseconds until a scheduler's workers were gone after it, at most", processes.Select(p => (p.Name, (int)p.LongestLeave.TotalMilliseconds)));
        Count(text, "runs by status", history.Runs.GroupBy(r => r.Status).Select(g => (g.Key, g.Count())));
        Count(text, "runs by trigger", history.Runs.GroupBy(r => r.Trigger).Select(g => (g.Key, g.Count())));
        Count(text, "rows skipped by reason", history.Runs.Where(r => r.SkipReason is not null).GroupBy(r => r.SkipReason!).Select(g => (g.Key, g.Count())));
        Count(text, "occurrences skipped by reason", history.Runs.Where(r => r.SkipReason is not null).GroupBy(r => r.SkipReason!).Select(g => (g.Key, g.Sum(r => r.Occurrences))));
        Count(text, "attempts claimed", [("all", history.Transitions.Count(t => t.IsClaim)), ("at most of one run", history.Runs.Select(r => r.Attempt).DefaultIfEmpty().Max())]);
        Count(text, "events of runs", history.Events.Where(e => e.Type is "lost" or "attempt_failed" or "handed_back" or "retry_scheduled" or "failed" or "succeeded" or "cancelled").GroupBy(e => e.Type).Select(g => (g.Key, g.Count())));
        Count(text, "stale outcomes", [("refused", history.Events.Count(e => e.Type == "outcome_refused"))]);
        Count(text, "log", [("entries", history.Log.Count), ("executions", Execution.Of(history.Log).Count)]);
        text.AppendLine("Checks:");
        foreach (var result in results)
        {
            text.Append("  ").AppendLine(result.ToString());
        }

        return text.ToString();
    }

    /// <summary>Everything that the triggers and the log saw, for finding out how something came about.</summary>
    public static IEnumerable<string> Witnessed(History history) =>
        history.Transitions.Select(t => (t.Seq, Line: $"{t.At:HH:mm:ss.fff} {t.Who} {t.Company}/{t.Workflow} {t.Run} {t.Trigger} {t.ScheduledFor:HH:mm:ss}{(t.ScheduledUntil is { } until ? $" to {until:HH:mm:ss}" : "")} "
                + $"{t.From ?? "new"} -> {t.To} attempt {t.Attempt} fencing {t.Fencing}{(t.CancelRequested ? " cancel" : "")}"))
            .Concat(history.WorkflowChanges.Select(c => (c.Seq, Line: $"{c.At:HH:mm:ss.fff} {c.Who} {c.Company}/{c.Workflow} {c.StatusBefore} -> {c.Status}, failures {c.FailuresBefore} -> {c.Failures}")))
            .OrderBy(e => e.Seq).Select(e => $"{e.Seq} {e.Line}")
            .Concat(history.Log.Select(e => $"log {e.Seq} {e.Company} {e.Run} attempt {e.Attempt} step {e.Step} of {e.Of} token {e.Token[^6..]}"));

    private static void Count(StringBuilder text, string what, IEnumerable<(string Name, int Count)> counts) =>
        text.Append("  ").Append(what).Append(": ").AppendJoin(", ", counts.OrderByDescending(c => c.Count).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Count}"))).AppendLine();
}
