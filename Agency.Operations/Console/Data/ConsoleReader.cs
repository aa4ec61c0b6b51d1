using Agency.Data;
using Agency.Data.Companies;
using Agency.Data.Escalations;
using Agency.Data.Runs;
using Agency.Operations.Escalations;
using Agency.Operations.Findings;
using Agency.Operations.Holds;
using Agency.Operations.Notifications;
using Agency.Operations.Registry;
using Agency.Operations.Reports;
using Agency.Operations.Runs;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Console.Data;

/// <summary>
/// Reads what the console shows, with the handlers of the MCP tools where there is one. It looks at the whole agency unless a client is named:
/// the default client of tools (<c>JULES_COMPANY</c>) does not narrow it.
/// </summary>
internal sealed class ConsoleReader
{
    private const int ShownWorkflows = 300;
    private const int ShownHolds = 20;
    private const int ShownFindings = 20;
    private const int ShownEscalations = 50;
    private const int ShownRuns = 25;
    private const int ShownNotifications = 10;
    private const int ShownReports = 10;

    private readonly CompanyScope _companies;
    private readonly WorkflowReader _workflows;
    private readonly RunReader _runs;
    private readonly HoldReader _holds;
    private readonly FindingReader _findings;
    private readonly EscalationReader _escalations;
    private readonly NotificationReader _notifications;
    private readonly ReportReader _reports;
    private readonly CallerDatabase _database;
    private readonly TimeProvider _time;

    public ConsoleReader(
        IServiceProvider services, ICallerAccessor callers, AgencyMode mode, ILogger<CompanyScope> logger, CallerDatabase database, TimeProvider time)
    {
        _companies = new CompanyScope(callers, mode with { DefaultCompany = null }, logger);
        _workflows = ActivatorUtilities.CreateInstance<WorkflowReader>(services, _companies);
        _runs = ActivatorUtilities.CreateInstance<RunReader>(services, _companies);
        _holds = ActivatorUtilities.CreateInstance<HoldReader>(services, _companies);
        _findings = ActivatorUtilities.CreateInstance<FindingReader>(services, _companies);
        _escalations = ActivatorUtilities.CreateInstance<EscalationReader>(services, _companies);
        _notifications = ActivatorUtilities.CreateInstance<NotificationReader>(services, _companies);
        _reports = ActivatorUtilities.CreateInstance<ReportReader>(services, _companies);
        (_database, _time) = (database, time);
    }

    public async Task<Result<ConsoleView>> ReadAsync(string? client, CancellationToken cancellationToken)
    {
        var scope = _companies.ResolveOptional(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        var workflows = await WorkflowsAsync(client, cancellationToken);
        var runs = await _runs.ListAsync(client, workflowId: null, status: null, cursor: null, ShownRuns, cancellationToken);
        var holds = await _holds.ListAsync(client, includeEnded: false, cursor: null, ShownHolds, cancellationToken);
        var findings = await _findings.ListAsync(client, kind: null, includeClosed: false, cursor: null, ShownFindings, cancellationToken);
        var escalations = await EscalationsAsync(client, cancellationToken);
        var notifications = await _notifications.ListAsync(client, cursor: null, ShownNotifications, cancellationToken);
        var reports = await _reports.ListAsync(client, kind: null, cursor: null, ShownReports, cancellationToken);
        if ((workflows.Error ?? runs.Error ?? holds.Error ?? findings.Error ?? escalations.Error ?? notifications.Error ?? reports.Error) is { } error)
        {
            return error;
        }

        await using var context = _database.Open(scope.Value);
        return new ConsoleView(
            scope.Value,
            await ClientsAsync(cancellationToken),
            await FiguresAsync(context, cancellationToken),
            [.. holds.Value.Items.OrderBy(h => h.State)],
            [.. findings.Value.Items.Select(f => new ConsoleFinding(f.Kind, f.Client, f.Subject, f.Message, f.OpenedAt))],
            escalations.Value,
            workflows.Value.Items,
            workflows.Value.NextCursor is not null,
            runs.Value.Items,
            notifications.Value.Items,
            reports.Value.Items);
    }

    public async Task<Result<ConsoleRun>> ReadRunAsync(string client, string runId, CancellationToken cancellationToken)
    {
        var details = await _runs.GetAsync(client, runId, cancellationToken);
        if (!details.IsSuccess)
        {
            return details.Error;
        }

        var company = details.Value.Run.Client;
        await using var context = _database.Open(company);
        var found = await context.FindCompanyAsync(company, cancellationToken);
        return found.Map(c => new ConsoleRun(c.Name, details.Value));
    }

    private async Task<Result<Page<WorkflowView>>> WorkflowsAsync(string? client, CancellationToken cancellationToken)
    {
        var all = new List<WorkflowView>();
        string? cursor = null;
        do
        {
            var page = await _workflows.ListAsync(client, status: null, cursor, Paging.Max, cancellationToken);
            if (!page.IsSuccess)
            {
                return page.Error;
            }

            all.AddRange(page.Value.Items);
            cursor = page.Value.NextCursor;
        }
        while (cursor is not null && all.Count < ShownWorkflows);
        return new Page<WorkflowView>(all, cursor);
    }

    /// <summary>All of them, whichever one is shown: they are the filter's choices.</summary>
    private async Task<List<ClientLine>> ClientsAsync(CancellationToken cancellationToken)
    {
        await using var context = _database.Open();
        return await context.Companies.AsNoTracking()
            .OrderBy(c => c.Status == CompanyStatus.Archived).ThenBy(c => c.Name).ThenBy(c => c.CompanyId)
            .Select(c => new ClientLine(c.CompanyId, c.Name, c.Status, c.TimeZone))
            .ToListAsync(cancellationToken);
    }

    private async Task<ConsoleFigures> FiguresAsync(AgencyDbContext context, CancellationToken cancellationToken)
    {
        var since = _time.Now() - TimeSpan.FromDays(1);
        var open = RunTransitions.Open;
        var workflows = await context.Workflows.AsNoTracking().Where(w => w.DeletedAt == null)
            .GroupBy(w => w.Status).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var ended = await context.Runs.AsNoTracking().Where(r => r.CreatedAt > since && !open.Contains(r.Status))
            .GroupBy(r => r.Status).Select(g => new { g.Key, Count = g.Sum(r => r.Occurrences) })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);

        var pending = await context.StartedRuns.AsNoTracking()
            .GroupBy(r => r.Waiting).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key ? RunStatus.Waiting : RunStatus.Running, g => g.Count, cancellationToken);
        pending[RunStatus.Queued] = await context.QueuedRuns.CountAsync(cancellationToken);
        var escalations = await context.Escalations.CountAsync(e => e.Status != EscalationStatus.Resolved, cancellationToken);
        return new ConsoleFigures(workflows, ended.Concat(pending).ToDictionary(), escalations);
    }

    /// <summary>Open and acknowledged ones together, newest first.</summary>
    private async Task<Result<List<EscalationView>>> EscalationsAsync(string? client, CancellationToken cancellationToken)
    {
        var open = await _escalations.ListAsync(client, workflowId: null, EscalationStatus.Open, cursor: null, ShownEscalations, cancellationToken);
        var acknowledged = await _escalations.ListAsync(client, workflowId: null, EscalationStatus.Acknowledged, cursor: null, ShownEscalations, cancellationToken);
        return (open.Error ?? acknowledged.Error) is { } error
            ? error
            : open.Value.Items.Concat(acknowledged.Value.Items).OrderByDescending(e => e.OpenedAt).ThenByDescending(e => e.EscalationId).ToList();
    }
}
