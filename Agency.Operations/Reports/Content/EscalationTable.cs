using Agency.Data;
using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Periods;

namespace Agency.Operations.Reports.Content;

/// <summary>What a person had to look at.</summary>
internal static class EscalationTable
{
    private const int LongestText = 300;

    public static ReportSection Of(ReportFacts facts)
    {
        if (facts.Escalations.Total == 0)
        {
            return new ReportSection("Escalations", new ReportParagraph("No escalation was open in this period."));
        }

        var zone = facts.Period.Zone;
        var table = new ReportTable(
            [new("Opened"), new("Workflow"), new("Reason"), new("Status"), new("Resolution")],
            [.. facts.Escalations.Items.Select(e => (string[])[
                LocalTime.Of(e.OpenedAt, zone),
                e.Workflow?.Value ?? Words.None,
                Words.Clip(e.Reason, LongestText),
                e.ResolvedAt is { } at ? $"{SnakeCase.Of(e.Status)} {LocalTime.Of(at, zone)}" : SnakeCase.Of(e.Status),
                e.Resolution is null ? Words.None : Words.Clip(e.Resolution, LongestText)])]);
        return ReportComposer.Bounded("Escalations", table, facts.Escalations.Omitted);
    }
}
