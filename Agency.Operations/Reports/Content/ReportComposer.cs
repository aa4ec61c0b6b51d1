using Agency.Data.Reports;
using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Periods;

namespace Agency.Operations.Reports.Content;

/// <summary>Says what the facts say: the report's sections, in reading order. No I/O and no clock.</summary>
internal static class ReportComposer
{
    private const int LongestName = 200;

    public static string TitleOf(ReportKind kind) => kind switch
    {
        ReportKind.Weekly => "Weekly report",
        ReportKind.Monthly => "Monthly report",
        _ => "Report",
    };

    /// <summary>The report's name in a list.</summary>
    public static string FullTitle(ReportFacts facts) =>
        $"{TitleOf(facts.Kind)} for {Words.Clip(facts.Kpis.Name, LongestName)}, {PeriodText.Of(facts.Period)}";

    public static ReportDocument Compose(ReportFacts facts, string agencyName)
    {
        var zone = facts.Period.Zone;
        var cover = new ReportCover(
            facts.Kpis.Name,
            TitleOf(facts.Kind),
            $"{PeriodText.Of(facts.Period)} ({facts.Kpis.TimeZone})",
            TimeZoneInfo.ConvertTime(facts.Kpis.AsOf, zone),
            agencyName);
        List<ReportSection> sections =
        [
            new("Summary", [new ReportParagraph(SummaryText.Of(facts)), KpiTiles.Of(facts.Kpis)]),
        ];
        if (!facts.IsEmpty)
        {
            sections.Add(new("Runs over time", RunChart.Of(facts.Days)));
            sections.Add(RunTables.Workflows(facts));
            sections.Add(RunTables.Failures(facts));
        }

        sections.Add(EscalationTable.Of(facts));
        if (!facts.IsEmpty)
        {
            sections.Add(RunTables.Recent(facts));
        }

        sections.Add(new("How to read this report", [.. Definitions.Of(facts).Select(text => new ReportParagraph(text))]));
        return new ReportDocument(cover, sections);
    }

    /// <summary>A table and, where it shows not all rows, how many are left out.</summary>
    internal static ReportSection Bounded(string heading, ReportTable table, int omitted) => omitted > 0
        ? new ReportSection(heading, table, new ReportParagraph($"… and {Words.Number(omitted)} more."))
        : new ReportSection(heading, table);
}
