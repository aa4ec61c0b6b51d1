using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests.Checks;

/// <summary>Every instant of every schedule against the rows.</summary>
internal static class OccurrenceChecks
{
    private static readonly TimeSpan ClocksReading = TimeSpan.FromSeconds(1);

    /// <summary>
    /// From the first occurrence to the last one planned, each instant is covered by one row, and none is left between the last one and the
    /// next that the workflow waits for. Stretches in which it was paused, escalated or held are no exception: they are covered by skipped rows.
    /// </summary>
    public static CheckResult Covered(History history)
    {
        var violations = new List<string>();
        var (instants, rows) = (0, 0);
        var scheduled = history.Runs.Where(r => r.Trigger is "scheduled" or "catch_up").ToLookup(r => (r.Company, r.Workflow));
        var ends = history.WorkflowRows.ToDictionary(w => (w.Company, w.Workflow), w => w.NextRun);
        foreach (var workflow in history.Workflows)
        {
            var name = $"{workflow.Company}/{workflow.Workflow} ({workflow.Instants.Expression})";
            var own = scheduled[(workflow.Company, workflow.Workflow)].OrderBy(r => r.ScheduledFor).ToList();
            rows += own.Count;
            var coverage = new Dictionary<DateTimeOffset, List<RunRow>>();
            foreach (var row in own)
            {
                var covered = workflow.Instants.Between(row.ScheduledFor, row.ScheduledUntil ?? row.ScheduledFor).ToList();
                if (covered.Count != row.Occurrences || covered.Count == 0 || covered[0] != row.ScheduledFor || covered[^1] != (row.ScheduledUntil ?? row.ScheduledFor))
                {
                    violations.Add($"{name}: {Shown(row)} stands for {row.Occurrences}, but its range holds {covered.Count} instants");
                }

                foreach (var instant in covered)
                {
                    (coverage.TryGetValue(instant, out var by) ? by : coverage[instant] = []).Add(row);
                }
            }

            var last = own.Count == 0 ? workflow.FirstDue.AddTicks(-1) : own.Max(r => r.ScheduledUntil ?? r.ScheduledFor);
            foreach (var instant in workflow.Instants.Between(workflow.FirstDue, last))
            {
                instants++;
                if (!coverage.TryGetValue(instant, out var by))
                {
                    violations.Add($"{name}: {instant:HH:mm:ss} is lost: no row covers it");
                }
                else if (by.Count > 1)
                {
                    violations.Add($"{name}: {instant:HH:mm:ss} is covered {by.Count} times: {string.Join("; ", by.Select(Shown))}");
                }
            }

            violations.AddRange(coverage.Keys.Where(i => i < workflow.FirstDue).Select(i => $"{name}: {i:HH:mm:ss} is covered although it lies before the start"));
            var next = workflow.Instants.Next(last);
            if (!ends.TryGetValue((workflow.Company, workflow.Workflow), out var waitsFor) || waitsFor != next)
            {
                violations.Add($"{name}: waits for {waitsFor?.ToString("HH:mm:ss.fff") ?? "nothing"}, but after the last one planned comes {next:HH:mm:ss}");
            }
        }

        return new("No occurrence is lost or doubled", $"{instants} instants of {history.Workflows.Count} schedules, {rows} rows", violations);
    }

    /// <summary>By the database's clock, whatever a scheduler's says.</summary>
    public static CheckResult NotBeforeTheirTime(History history)
    {
        var planned = history.Transitions.Where(t => t.From is null && t.Trigger is "scheduled" or "catch_up").ToList();
        var violations = planned
            .Where(t => (t.ScheduledUntil ?? t.ScheduledFor) > t.At + ClocksReading)
            .Select(t => $"{t.Company}/{t.Workflow}: {t.To} for {t.ScheduledFor:HH:mm:ss} to {t.ScheduledUntil ?? t.ScheduledFor:HH:mm:ss}, written at {t.At:HH:mm:ss} by {t.Who}")
            .ToList();
        return new("No occurrence is planned before its time", $"{planned.Count} planned", violations);
    }

    private static string Shown(RunRow row) =>
        $"{row.Status} {row.Trigger} {row.ScheduledFor:HH:mm:ss}{(row.ScheduledUntil is { } until ? $" to {until:HH:mm:ss}" : "")} {row.SkipReason} (run {row.Run})";
}
