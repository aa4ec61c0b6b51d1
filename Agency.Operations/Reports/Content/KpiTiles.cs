using Agency.Data.Kpis;
using Agency.Operations.Reports.Model;

namespace Agency.Operations.Reports.Content;

/// <summary>The key figures side by side. Fees are shown, the agency's own costs never.</summary>
internal static class KpiTiles
{
    public static ReportKpis Of(CompanyKpis kpis)
    {
        var (scheduled, sla, work) = (kpis.Scheduled, kpis.Sla, kpis.Work);
        var ended = scheduled.Succeeded + scheduled.Failed + kpis.Manual.Succeeded + kpis.Manual.Failed;
        List<ReportKpi> tiles =
        [
            new("Scheduled", Words.Number(scheduled.Due), kpis.Manual.Total > 0 ? $"and {Words.Number(kpis.Manual.Total)} by hand" : "runs due"),
            new("Completed", Words.Number(scheduled.Succeeded), $"of {Words.Number(scheduled.Due)} scheduled"),
            new("Completion rate", Words.Percent(scheduled.CompletionRate), "completed of scheduled"),
            new("SLA compliance", Words.Percent(sla.Compliance), sla.Compliance is null ? "nothing to judge yet" : $"{Words.Number(sla.Met)} of {Words.Number(sla.Met + sla.Breached)} in time"),
            new("Failed", Words.Number(scheduled.Failed + kpis.Manual.Failed), $"of {Words.Count(ended, "finished run")}"),
            new("Mean duration", Words.Duration(work.MeanRunSeconds), $"of {Words.Count(ended, "finished run")}"),
            new("Escalations", Words.Number(kpis.Escalations.Opened), $"{Words.Number(kpis.Escalations.Unresolved)} unresolved now"),
        ];
        if (kpis.Money is { Revenue: { } fees } money)
        {
            tiles.Add(new(
                "Fees (estimated)",
                Words.Money(fees, money.Currency),
                $"fixed {Words.Money(money.FixedFee ?? 0, null)} + runs {Words.Money(money.RunFees ?? 0, null)}"));
        }

        return new ReportKpis(tiles);
    }
}
