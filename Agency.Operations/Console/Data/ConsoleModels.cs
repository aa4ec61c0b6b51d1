using Agency.Data;
using Agency.Data.Companies;
using Agency.Data.Runs;
using Agency.Data.Scheduling;
using Agency.Data.Workflows;
using Agency.Operations.Escalations;
using Agency.Operations.Holds;
using Agency.Operations.Notifications;
using Agency.Operations.Registry;
using Agency.Operations.Reports;
using Agency.Operations.Runs;

namespace Agency.Operations.Console.Data;

/// <summary>Everything that the console's page shows, of one client or of all. Says nothing of the time it was read at: equal data, equal page.</summary>
public sealed record ConsoleView(
    CompanyId? Filter,
    IReadOnlyList<ClientLine> Clients,
    ConsoleFigures Figures,
    IReadOnlyList<HoldView> Holds,
    IReadOnlyList<ConsoleFinding> Findings,
    IReadOnlyList<EscalationView> Escalations,
    IReadOnlyList<WorkflowView> Workflows,
    bool MoreWorkflows,
    IReadOnlyList<RunView> Runs,
    IReadOnlyList<NotificationView> Notifications,
    IReadOnlyList<ReportListItem> Reports)
{
    public string NameOf(CompanyId client) => Clients.FirstOrDefault(c => c.Id == client)?.Name ?? client.Value;

    public string ZoneOf(WorkflowView workflow) => workflow.TimeZone ?? Clients.FirstOrDefault(c => c.Id == workflow.Client)?.TimeZone ?? "UTC";
}

/// <summary>A client as the filter offers it.</summary>
public sealed record ClientLine(CompanyId Id, string Name, CompanyStatus Status, string TimeZone);

/// <summary>The numbers on top. Open runs count whatever their age, ended ones for the last 24 hours, each skipped occurrence for itself.</summary>
public sealed record ConsoleFigures(
    IReadOnlyDictionary<WorkflowStatus, int> Workflows, IReadOnlyDictionary<RunStatus, int> Runs, int OpenEscalations);

/// <summary>An open finding, without when it was last seen: that changes all the time and tells nothing new.</summary>
public sealed record ConsoleFinding(FindingKind Kind, CompanyId? Client, string Subject, string Message, DateTimeOffset OpenedAt);

/// <summary>What a run's page shows.</summary>
public sealed record ConsoleRun(string ClientName, RunDetails Details);
