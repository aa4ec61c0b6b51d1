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
        var scope = companies.ResolveOptional(client);
        var from = Cursor.Decode<Position>(cursor);
        if ((scope.Error ?? from.Error ?? Paging.Check(limit).Error) is { } error)
        {
            return error;
        }

        await using var context = database.Open(scope.Value);
        if (scope.Value is { } company && await context.FindCompanyAsync(company, cancellationToken) is { IsSuccess: false } unknown)
        {
            return unknown.Error!;
        }

        var query = from.Value is { } position
            ? context.Runs.FromSql($"select * from run where (created_at, run_id) < ({position.CreatedAt}, {position.RunId.Value})")
            : context.Runs;
        query = query.AsNoTracking();
        if (!string.IsNullOrEmpty(workflowId))
        {
            if (!WorkflowId.TryParse(workflowId, out var wanted))
            {
                return RegistryErrors.BadId();
            }

            query = query.Where(r => r.WorkflowId == wanted);
        }

        if (status is { } only)
        {
            query = query.Where(r => r.Status == only);
        }

        var rows = await query.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.RunId).Take(limit + 1).ToListAsync(cancellationToken);
        return Page.From([.. rows.Select(RunView.Of)], limit, (RunView r) => new Position(r.CreatedAt, r.RunId));
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
            return Error.Invalid("run_id must be a UUID. Call list_runs to see the ids.");
        }

        await using var context = database.Open(scope.Value);
        if (await context.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.RunId == id, cancellationToken) is not { } run)
        {
            return Error.NotFound($"There is no run '{id}' for you. Call list_runs to see the ids.");
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

    private sealed record Position(DateTimeOffset CreatedAt, RunId RunId);
}
