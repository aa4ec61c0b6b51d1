using Agency.Data;
using Agency.Data.Workflows;
using Agency.Operations.Holds;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Registry;

/// <summary>Shows workflows.</summary>
internal sealed class WorkflowReader(CompanyScope companies, WorkflowLocator locator, CallerDatabase database, TimeProvider time)
{
    private const int ShownHistory = 20;
    private const int ShownOccurrences = 5;

    public async Task<Result<WorkflowDetails>> GetAsync(string? client, string id, CancellationToken cancellationToken)
    {
        var found = await locator.FindAsync(client, id, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        var key = found.Value;
        await using var context = database.Open(key.Company);
        var asked = context.Workflows.AsNoTracking().Where(w => w.CompanyId == key.Company && w.WorkflowId == key.Id && w.DeletedAt == null);
        var row = await asked.WithLastRun(context).SingleOrDefaultAsync(cancellationToken);
        var calendar = await ClientCalendar.FindAsync(context, key.Company, cancellationToken);
        if (row is null || !calendar.IsSuccess)
        {
            return RegistryErrors.NoSuchWorkflow(key);
        }

        var history = await context.ReadHistoryAsync(asked, ShownHistory, cancellationToken);
        var hold = await HoldNotice.FindAsync(context, key.Company, time.Now(), cancellationToken);
        return new WorkflowDetails(WorkflowView.Of(row), hold, Upcoming(row.Workflow, calendar.Value), [.. history[key]]);
    }

    public Task<Result<Page<WorkflowView>>> ListAsync(
        string? client, WorkflowStatus? status, string? cursor, int limit, CancellationToken cancellationToken) =>
        database.ReadPageAsync(
            companies,
            new PageRequest(client, cursor, limit),
            (AgencyDbContext context, Position? from) => Select(context, from, status),
            row => new Position(row.Workflow.CompanyId.Value, row.Workflow.WorkflowId.Value),
            WorkflowView.Of,
            cancellationToken);

    private static IQueryable<WorkflowRow> Select(AgencyDbContext context, Position? from, WorkflowStatus? status)
    {
        // The position only says where to go on; which rows there are to go on with follows from the caller.
        var (afterClient, afterId) = (from?.Client ?? "", from?.Id ?? "");
        var query = context.Workflows
            .FromSql($"select w.*, w.xmin from workflow w where (company_id, workflow_id) > ({afterClient}, {afterId})")
            .AsNoTracking().Where(w => w.DeletedAt == null);
        query = status is null ? query : query.Where(w => w.Status == status);
        return query.OrderBy(w => w.CompanyId).ThenBy(w => w.WorkflowId).WithLastRun(context);
    }

    /// <summary>What the schedule says from the next run on, which may be later than the schedule's own next occurrence: nothing fires before it.</summary>
    private IReadOnlyList<Occurrence> Upcoming(Workflow workflow, ClientCalendar calendar)
    {
        if (workflow.Status is not WorkflowStatus.Active || ScheduleTerms.Of(workflow).Read(calendar) is not { IsSuccess: true, Value: { } schedule })
        {
            return [];
        }

        var now = time.Now();
        return workflow.NextRun is { } next && next > now
            ? Occurrence.From(schedule, next, ShownOccurrences)
            : Occurrence.After(schedule, now, ShownOccurrences);
    }

    private sealed record Position(string Client, string Id);
}
