using Agency.Data;
using Agency.Data.Runs;
using Agency.Operations.Registry;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Runs;

/// <summary>Shows runs.</summary>
internal sealed class RunReader(CompanyScope companies, CallerDatabase database)
{
    private const int ShownSteps = 500;
    private const int ShownEvents = 200;

    public async Task<Result<Page<RunView>>> ListAsync(
        string? client, string? workflowId, RunStatus? status, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var workflow = RegistryErrors.ReadFilter(workflowId);
        return workflow.IsSuccess
            ? await database.ReadPageAsync(
                companies,
                new PageRequest(client, cursor, limit),
                (AgencyDbContext context, Position? from) => Select(context, from, workflow.Value, status),
                r => new Position(r.CreatedAt, r.RunId),
                RunView.Of,
                cancellationToken)
            : workflow.Error;
    }

    public async Task<Result<RunDetails>> GetAsync(string? client, string runId, CancellationToken cancellationToken)
    {
        var scope = companies.ResolveOptional(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        if (!RunId.TryParse(runId, out var id))
        {
            return RunErrors.BadId();
        }

        await using var context = database.Open(scope.Value);
        if (await context.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.RunId == id, cancellationToken) is not { } run)
        {
            return RunErrors.NoSuchRun(id);
        }

        var company = run.CompanyId;
        var steps = await context.RunSteps.AsNoTracking()
            .Where(s => s.CompanyId == company && s.RunId == id)
            .OrderBy(s => s.Attempt).ThenBy(s => s.Ordinal).Take(ShownSteps)
            .Select(s => new RunStepView(s.Attempt, s.Ordinal, s.Title, s.Tool, s.Status, s.StartedAt, s.FinishedAt, s.Error, s.Result))
            .ToListAsync(cancellationToken);
        var all = context.RunEvents.AsNoTracking().Where(e => e.CompanyId == company && e.RunId == id);
        var events = await all.OrderByDescending(e => e.EventId).Take(ShownEvents)
            .Select(e => new RunEventView(e.At, e.Attempt, e.Type, e.Message, e.Data)).ToListAsync(cancellationToken);
        events.Reverse();
        var omitted = events.Count < ShownEvents ? 0 : await all.CountAsync(cancellationToken) - events.Count;
        return new RunDetails(RunView.Of(run), run.Inputs, run.TraceParent, steps, events, omitted);
    }

    private static IQueryable<Run> Select(AgencyDbContext context, Position? from, WorkflowId? workflow, RunStatus? status)
    {
        var query = from is null
            ? context.Runs
            : context.Runs.FromSql($"select * from run where (created_at, run_id) < ({from.CreatedAt}, {from.RunId.Value})");
        query = workflow is null ? query.AsNoTracking() : query.AsNoTracking().Where(r => r.WorkflowId == workflow);
        query = status is null ? query : query.Where(r => r.Status == status);
        return query.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.RunId);
    }

    private sealed record Position(DateTimeOffset CreatedAt, RunId RunId);
}
