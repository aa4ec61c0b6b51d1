using Agency.Operations.Reports.Periods;

namespace Agency.Operations.Reports.Content;

/// <summary>The report in a few sentences, each derived from a figure.</summary>
internal static class SummaryText
{
    public static string Of(ReportFacts facts) => string.Join(' ', Sentences(facts));

    private static IEnumerable<string> Sentences(ReportFacts facts)
    {
        var (kpis, scheduled, sla) = (facts.Kpis, facts.Kpis.Scheduled, facts.Kpis.Sla);
        if (facts.Period.To > kpis.AsOf)
        {
            yield return $"The period is not over: these figures are as of {LocalTime.Of(kpis.AsOf, facts.Period.Zone)}.";
        }

        if (facts.IsEmpty)
        {
            yield return "No run was due by schedule or asked for by hand in this period, so there are no rates to report.";
        }
        else if (scheduled.Due == 0)
        {
            yield return "No run was due by schedule in this period.";
        }
        else
        {
            yield return $"{Words.Count(scheduled.Due, "run was", "runs were")} due by schedule. {Outcomes(scheduled.Due, [
                (scheduled.Succeeded, $"succeeded ({Words.Percent(scheduled.CompletionRate)})"),
                (scheduled.Failed, "failed"),
                (scheduled.Skipped, scheduled.Skipped == 1 ? "was skipped" : "were skipped"),
                (scheduled.Cancelled, scheduled.Cancelled == 1 ? "was cancelled" : "were cancelled"),
                (scheduled.Open, scheduled.Open == 1 ? "is still open" : "are still open")])}";
        }

        if (sla.Compliance is not null)
        {
            yield return $"{Words.Number(sla.Met)} of the {Words.Count(sla.Met + sla.Breached, "run")} that can be judged "
                + $"{(sla.Met == 1 ? "was" : "were")} completed within the agreed time ({Words.Percent(sla.Compliance)}).";
        }

        if (kpis.Manual is { Total: > 0 } manual)
        {
            yield return $"{Words.Count(manual.Total, "run was", "runs were")} asked for by hand. {Outcomes(manual.Total, [
                (manual.Succeeded, "succeeded"),
                (manual.Failed, "failed"),
                (manual.Cancelled, manual.Cancelled == 1 ? "was cancelled" : "were cancelled"),
                (manual.Open, manual.Open == 1 ? "is still open" : "are still open")])}";
        }

        if (facts.Workflows.Where(w => w.Kpis.Scheduled.Failed + w.Kpis.Manual.Failed > 0)
            .MaxBy(w => w.Kpis.Scheduled.Failed + w.Kpis.Manual.Failed) is { } worst)
        {
            yield return $"Most failures came from the workflow {worst.Kpis.Workflow} ({Words.Number(worst.Kpis.Scheduled.Failed + worst.Kpis.Manual.Failed)}).";
        }

        yield return Escalated(kpis.Escalations.Opened, kpis.Escalations.Unresolved);
    }

    /// <summary>What did not happen is not mentioned.</summary>
    private static string Outcomes(long total, IReadOnlyList<(long Count, string Text)> outcomes)
    {
        var happened = outcomes.Where(outcome => outcome.Count > 0).ToArray();
        var parts = happened.Select(outcome => $"{(outcome.Count == total ? total == 1 ? "It" : "All" : Words.Number(outcome.Count))} {outcome.Text}");
        return string.Join(", ", parts) + ".";
    }

    private static string Escalated(long opened, long unresolved) => (opened, unresolved) switch
    {
        (0, 0) => "Nothing was escalated and nothing is unresolved.",
        (0, _) => $"Nothing was escalated in the period; {Words.Count(unresolved, "earlier or later escalation is", "earlier or later escalations are")} unresolved now.",
        (_, 0) => $"{Words.Count(opened, "escalation was", "escalations were")} opened; none is unresolved now.",
        _ => $"{Words.Count(opened, "escalation was", "escalations were")} opened; {Words.Number(unresolved)} {(unresolved == 1 ? "is" : "are")} unresolved now.",
    };
}
