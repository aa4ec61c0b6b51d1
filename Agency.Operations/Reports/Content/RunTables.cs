using Agency.Data;
using Agency.Data.Kpis;
using Agency.Data.Runs;
using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Periods;

namespace Agency.Operations.Reports.Content;

/// <summary>The tables about runs.</summary>
internal static class RunTables
{
    private const int ShownWorkflows = 100;
    private const int LongestRemark = 80;
    private const int LongestReason = 400;

    /// <summary>Scheduled and manual runs together, the busiest workflow first.</summary>
    public static ReportSection Workflows(ReportFacts facts)
    {
        var rows = facts.Workflows
            .Select(w => (
                w.Kpis.Workflow,
                w.Type,
                Runs: w.Kpis.Scheduled.Due + w.Kpis.Manual.Total,
                Succeeded: w.Kpis.Scheduled.Succeeded + w.Kpis.Manual.Succeeded,
                Failed: w.Kpis.Scheduled.Failed + w.Kpis.Manual.Failed,
                w.Kpis.Scheduled.Skipped,
                Sla: w.Kpis.Sla.Compliance is null
                    ? Words.None
                    : $"{Words.Percent(w.Kpis.Sla.Compliance)} ({Words.Number(w.Kpis.Sla.Met)} of {Words.Number(w.Kpis.Sla.Met + w.Kpis.Sla.Breached)})"))
            .OrderByDescending(row => row.Runs).ThenBy(row => row.Workflow.Value, StringComparer.Ordinal)
            .ToArray();
        var table = new ReportTable(
            [
                new("Workflow"), new("Procedure"), new("Runs", ReportAlignment.Right), new("Succeeded", ReportAlignment.Right),
                new("Failed", ReportAlignment.Right), new("Skipped", ReportAlignment.Right), new("Other", ReportAlignment.Right),
                new("In time (SLA)", ReportAlignment.Right),
            ],
            [.. rows.Take(ShownWorkflows).Select(row => (string[])[
                row.Workflow.Value, row.Type, Words.Number(row.Runs), Words.Number(row.Succeeded), Words.Number(row.Failed), Words.Number(row.Skipped),
                Words.Number(row.Runs - row.Succeeded - row.Failed - row.Skipped), row.Sla])]);
        return ReportComposer.Bounded("Workflows", table, rows.Length - Math.Min(rows.Length, ShownWorkflows));
    }

    public static ReportSection Recent(ReportFacts facts)
    {
        var table = new ReportTable(
            [new("Due"), new("Workflow"), new("Trigger"), new("Outcome"), new("Took", ReportAlignment.Right), new("Remark")],
            [.. facts.Runs.Items.Select(run => (string[])[
                LocalTime.In(facts.Period, run.ScheduledFor), run.Workflow.Value, Trigger(run.Trigger), Outcome(run),
                run.Attempt > 0 ? Words.Duration(run.RunSeconds) : Words.None, Words.Clip(Remark(run, facts.Period), LongestRemark)])]);
        return ReportComposer.Bounded("Recent runs", table, facts.Runs.Omitted);
    }

    public static ReportSection Failures(ReportFacts facts)
    {
        if (facts.Failures.Total == 0)
        {
            return new ReportSection("Failures", new ReportParagraph("No run failed in this period."));
        }

        var table = new ReportTable(
            [new("Due"), new("Workflow"), new("Attempts", ReportAlignment.Right), new("Reason")],
            [.. facts.Failures.Items.Select(run => (string[])[
                LocalTime.In(facts.Period, run.ScheduledFor), run.Workflow.Value, Words.Number(run.Attempt),
                Words.Clip(run.ErrorMessage ?? "No reason was recorded.", LongestReason)])]);
        return ReportComposer.Bounded("Failures", table, facts.Failures.Omitted);
    }

    private static string Outcome(RunFacts run) => run.Occurrences > 1 ? $"{SnakeCase.Of(run.Status)} × {Words.Number(run.Occurrences)}" : SnakeCase.Of(run.Status);

    private static string Trigger(RunTrigger trigger) => trigger switch
    {
        RunTrigger.Manual => "by hand",
        RunTrigger.CatchUp => "catch-up",
        RunTrigger.Backfill => "backfill",
        _ => "schedule",
    };

    private static string Remark(RunFacts run, Period period) => run.Status switch
    {
        RunStatus.Succeeded => run.Summary ?? "",
        RunStatus.Failed => run.ErrorMessage ?? "",
        RunStatus.Skipped when run.ScheduledUntil is { } until => $"{SkipReason(run.SkipReason)}, until {LocalTime.In(period, until)}",
        RunStatus.Skipped => SkipReason(run.SkipReason),
        RunStatus.Queued when run.Attempt > 0 => $"waits for attempt {run.Attempt + 1}: {run.ErrorMessage}",
        _ => "",
    };

    private static string SkipReason(string? reason) => reason switch
    {
        "missed" => "missed while the agency was not running",
        "overlap" => "the run before was not finished",
        "paused" => "the workflow was paused",
        "held" => "work was held: a pause or maintenance",
        _ => reason ?? "",
    };
}
