using Agency.Data.Kpis;

namespace Agency.HealthMonitor.Metrics;

/// <summary>The figures of a stretch of time, from which a built-in metric takes its value.</summary>
internal readonly record struct Figures(ScheduledKpis Scheduled, ManualKpis Manual, SlaKpis Sla, WorkKpis Work);

/// <summary>A metric that the agency measures by itself, under the name that tools and alert rules use.</summary>
/// <param name="OfPeriod">Its value for a stretch of time, null when nothing was measured; null for a metric that has only a present value.</param>
/// <param name="Max">The greatest possible value, for forecasts.</param>
internal sealed record BuiltInMetric(string Name, string Unit, string Description, Func<Figures, double?>? OfPeriod, double? Max = null)
{
    public const string QueuedRuns = "queued_runs";
    public const string OpenEscalations = "open_escalations";

    public static IReadOnlyList<BuiltInMetric> All { get; } =
    [
        new("success_rate", "ratio", "Succeeded divided by succeeded plus failed runs, scheduled and manual, 0 to 1.", f => f.Work.SuccessRate, 1),
        new("completion_rate", "ratio", "Succeeded divided by due occurrences, 0 to 1.", f => f.Scheduled.CompletionRate, 1),
        new("sla_compliance", "ratio", "Occurrences that met their deadline divided by those judged, 0 to 1.", f => f.Sla.Compliance, 1),
        new("run_seconds", "seconds", "Mean workers' seconds of a run that succeeded or failed, all its attempts together.", f => f.Work.MeanRunSeconds),
        new("failed_runs", "runs", "Runs that failed, scheduled and manual.", f => f.Scheduled.Failed + f.Manual.Failed),
        new(QueuedRuns, "runs", "Runs that could be executed and wait for a worker, now; a window does not matter and there is no history.", null),
        new(OpenEscalations, "escalations", "Escalations not resolved, now; a window does not matter and there is no history.", null),
    ];

    public static BuiltInMetric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name);
}
