using Agency.Data;
using Agency.Data.Kpis;
using Agency.Data.Runs;

namespace Agency.HealthMonitor.HealthReports;

/// <summary>How a client's work goes, in one word; the tool's documentation gives the rules.</summary>
internal enum HealthStatus
{
    Healthy,
    NoData,
    Warning,
    Critical,
}

/// <param name="Reasons">Why the status is what it is; empty when healthy.</param>
internal sealed record HealthReport(
    CompanyId Client,
    HealthStatus Status,
    IReadOnlyList<string> Reasons,
    CompanyKpis Kpis,
    IReadOnlyList<MetricSummary> Metrics,
    IReadOnlyList<ActiveAlert> ActiveAlerts,
    IReadOnlyList<EscalatedWorkflow> EscalatedWorkflows,
    IReadOnlyList<StuckRun> StuckRuns);

/// <summary>A recorded metric's values in the period.</summary>
internal sealed record MetricSummary(string Name, string? Unit, long Count, double Mean, double Min, double Max, DateTimeOffset LatestAt);

internal sealed record ActiveAlert(Guid AlertId, Guid AlertRuleId, string Message, double Value, DateTimeOffset FiredAt);

internal sealed record EscalatedWorkflow(WorkflowId WorkflowId, string Type, int FailureCount, string? StatusMessage);

/// <param name="Since">Since when it makes no progress.</param>
internal sealed record StuckRun(RunId RunId, WorkflowId WorkflowId, RunStatus Status, DateTimeOffset ScheduledFor, DateTimeOffset Since, string Why);
