using Agency.Data;
using Agency.Data.Escalations;
using Agency.Data.Kpis;
using Agency.Data.Reports;
using Agency.Data.Runs;

namespace Agency.Operations.Reports.Content;

/// <summary>Everything that a report is made of, read in one snapshot of the database.</summary>
internal sealed record ReportFacts(
    ReportKind Kind,
    Period Period,
    CompanyKpis Kpis,
    IReadOnlyList<DayKpis> Days,
    IReadOnlyList<WorkflowFacts> Workflows,
    Excerpt<RunFacts> Runs,
    Excerpt<RunFacts> Failures,
    Excerpt<EscalationFacts> Escalations)
{
    /// <summary>True when no run of any kind was due or asked for in the period.</summary>
    public bool IsEmpty => Kpis.Scheduled.Due == 0 && Kpis.Manual.Total == 0;
}

/// <summary>The first of possibly many rows.</summary>
/// <param name="Total">How many there are in all.</param>
internal sealed record Excerpt<T>(IReadOnlyList<T> Items, int Total)
{
    public int Omitted => Total - Items.Count;
}

/// <param name="Type">The procedure that the workflow executes.</param>
internal sealed record WorkflowFacts(string Type, WorkflowKpis Kpis);

/// <summary>A run as a report shows it.</summary>
internal sealed record RunFacts(
    WorkflowId Workflow,
    RunTrigger Trigger,
    RunStatus Status,
    DateTimeOffset ScheduledFor,
    DateTimeOffset? ScheduledUntil,
    int Occurrences,
    int Attempt,
    double RunSeconds,
    string? ErrorMessage,
    string? Summary,
    string? SkipReason);

/// <summary>An escalation as a report shows it.</summary>
internal sealed record EscalationFacts(
    WorkflowId? Workflow, string Reason, EscalationStatus Status, DateTimeOffset OpenedAt, DateTimeOffset? ResolvedAt, string? Resolution);
