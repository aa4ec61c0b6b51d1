namespace Agency.Operations.Reports.Content;

/// <summary>What the figures mean, for a reader who does not know the agency.</summary>
internal static class Definitions
{
    public static IReadOnlyList<string> Of(ReportFacts facts) =>
    [
        $"All times are in the time zone {facts.Kpis.TimeZone}. A run belongs to the period in which it was due.",
        "Completed: scheduled runs that succeeded. Runs that someone asked for by hand are counted apart and in no rate.",
        "SLA compliance: of the scheduled runs that can be judged, those that succeeded within the agreed time after they were due. "
            + "Late, failed and skipped runs and those open past their deadline count against it; cancelled ones are not judged.",
        "Mean duration: working time of a run that succeeded or failed, all its attempts together.",
        .. facts.Kpis.Money.Revenue is null
            ? (string[])[]
            : ["Fees (estimated): the monthly fee by the period's share of the month, up to now, and the fee of every run that succeeded. This is not an invoice."],
        "Everything here is computed from recorded runs; nothing is estimated but the fees.",
    ];
}
