using Agency.Data.Companies;

namespace Agency.Data.Kpis;

/// <summary>
/// A company's key figures for a period, computed from the recorded rows and nothing else. A run belongs to the period in which it was due
/// (<c>scheduled_for</c>), whenever it was executed; one that was asked for after its time (<c>catch_up</c>, <c>backfill</c>) to the period in
/// which it was asked for (<c>created_at</c>), so that a period which is over keeps its figures. A rate or mean of nothing is null, never 0 or 1.
/// </summary>
/// <param name="From">First instant of the period.</param>
/// <param name="To">First instant after the period.</param>
/// <param name="TimeZone">The company's time zone, in which calendar days were read.</param>
/// <param name="AsOf">When the figures were computed: what was open then counts as open.</param>
public sealed record CompanyKpis(
    CompanyId Client,
    string Name,
    CompanyStatus Status,
    DateTimeOffset From,
    DateTimeOffset To,
    string TimeZone,
    DateTimeOffset AsOf,
    ScheduledKpis Scheduled,
    ManualKpis Manual,
    SlaKpis Sla,
    WorkKpis Work,
    EscalationKpis Escalations,
    MoneyKpis Money);

/// <summary>The figures of one calendar day, for a chart.</summary>
public sealed record DayKpis(DateOnly Date, DateTimeOffset From, DateTimeOffset To, ScheduledKpis Scheduled, ManualKpis Manual, SlaKpis Sla, WorkKpis Work);

/// <summary>The figures of one workflow. <see cref="ScheduledKpis.SkippedByReason"/> is left empty.</summary>
public sealed record WorkflowKpis(WorkflowId Workflow, ScheduledKpis Scheduled, ManualKpis Manual, SlaKpis Sla, WorkKpis Work);

/// <summary>
/// Occurrences that schedules asked for: runs with the trigger <c>scheduled</c> or <c>catch_up</c>. A row that stands for several skipped
/// occurrences counts as that many, in the period of the first of them.
/// </summary>
/// <param name="Due">All of them: succeeded, failed, skipped, cancelled and open together.</param>
/// <param name="Open">Queued, running or waiting.</param>
/// <param name="SkippedByReason">Count by recorded reason, <c>missed</c> (nothing was planning), <c>overlap</c> (the run before was still open), <c>paused</c> (the workflow stood) and <c>held</c> (the client's or all work was held).</param>
/// <param name="CompletionRate">Succeeded divided by due, 0 to 1; null when nothing was due.</param>
public sealed record ScheduledKpis(
    long Due, long Succeeded, long Failed, long Skipped, long Cancelled, long Open, IReadOnlyDictionary<string, long> SkippedByReason, double? CompletionRate);

/// <summary>Runs that someone asked for, backfills among them; no schedule owed them, so they count in no rate of due occurrences.</summary>
public sealed record ManualKpis(long Total, long Succeeded, long Failed, long Cancelled, long Open);

/// <summary>
/// Compliance with the agreed time, from recorded times. The deadline of an occurrence is its scheduled time (a catch-up's: when it was asked for) plus the workflow's
/// <c>sla_minutes</c>, else those of the company's terms. It is met by success at the deadline or before. It is breached by later success, by failure, by
/// being skipped for whatever reason (the client did not get what was due), and by being open past the deadline. Cancelled occurrences
/// and manual runs are not judged.
/// </summary>
/// <param name="Pending">Open and not yet past the deadline: not judged yet.</param>
/// <param name="Compliance">Met divided by met plus breached, 0 to 1; null when nothing was judged.</param>
public sealed record SlaKpis(long Met, long Breached, long Pending, double? Compliance);

/// <summary>The work behind the runs, scheduled and manual ones together.</summary>
/// <param name="SuccessRate">Succeeded divided by succeeded plus failed, 0 to 1; null when no run ended so.</param>
/// <param name="RunSeconds">Seconds of workers, all attempts of all runs.</param>
/// <param name="MeanRunSeconds">Mean seconds of workers of a run that succeeded or failed, all its attempts together.</param>
/// <param name="MedianRunSeconds">Median of the same, interpolated.</param>
/// <param name="P95RunSeconds">95th percentile of the same, interpolated.</param>
/// <param name="Attempts">Attempts begun.</param>
/// <param name="MeanAttempts">Mean attempts of a run that succeeded or failed.</param>
/// <param name="Tokens">Model tokens used.</param>
public sealed record WorkKpis(
    double? SuccessRate,
    decimal RunSeconds,
    double? MeanRunSeconds,
    double? MedianRunSeconds,
    double? P95RunSeconds,
    long Attempts,
    double? MeanAttempts,
    long ToolCalls,
    long Tokens);

/// <summary>Calls for a person.</summary>
/// <param name="Opened">Opened in the period.</param>
/// <param name="Unresolved">Open or acknowledged now, whenever they were opened.</param>
/// <param name="MeanSecondsToAcknowledge">From opening to acknowledgement, of those opened in the period and acknowledged by now.</param>
/// <param name="MeanSecondsToResolve">From opening to resolution, of those opened in the period and resolved by now.</param>
public sealed record EscalationKpis(long Opened, long Unresolved, double? MeanSecondsToAcknowledge, double? MeanSecondsToResolve);

/// <summary>
/// Estimated revenue and cost, rounded to four decimals. The fixed fee is the monthly fee by the share of each calendar month's days that the
/// period covers, counted from the company's creation to its archival and never beyond now. Run fees are owed for every run that succeeded, scheduled or
/// manual. Cost is the workers' seconds and the model tokens at the configured prices.
/// </summary>
/// <param name="Currency">Of fees and revenue; null, as those, when no terms are recorded.</param>
/// <param name="CostCurrency">Of the cost.</param>
/// <param name="Margin">Revenue minus cost; null when the currencies differ or the revenue is unknown.</param>
/// <param name="Notes">What a reader must know about these amounts.</param>
public sealed record MoneyKpis(
    string? Currency, decimal? FixedFee, decimal? RunFees, decimal? Revenue, string CostCurrency, decimal Cost, decimal? Margin, IReadOnlyList<string> Notes);
