using Agency.Data;
using Agency.Data.Auditing;
using Agency.Data.Runs;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Runs;

/// <summary>Asks the scheduler to end a run, by marking it.</summary>
internal sealed class RunCancellation(CompanyScope companies, CallerDatabase database, Caller caller, IWakeUps wakeUps, TimeProvider time)
{
    /// <summary>Of the column.</summary>
    private const int MaxReason = 1000;

    public async Task<Result<CancelledRun>> CancelAsync(string? client, string runId, string reason, CancellationToken cancellationToken)
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

        if (string.IsNullOrWhiteSpace(reason))
        {
            return Error.Invalid("reason must say why the run is cancelled.");
        }

        await using var context = database.Open(scope.Value);
        var by = $"{caller.Subject}: {reason.Trim()}";
        by = by[..Math.Min(by.Length, MaxReason)];

        if (scope.Value is null && AuditCall.Current is { } call)
        {
            call.About(await context.Runs.Where(r => r.RunId == id).Select(r => (CompanyId?)r.CompanyId).FirstOrDefaultAsync(cancellationToken));
        }

        // One statement, because the scheduler may end the run at any moment.
        var marked = await context.Runs
            .Where(r => r.RunId == id && r.CancelRequestedAt == null
                && (r.Status == RunStatus.Queued || r.Status == RunStatus.Running || r.Status == RunStatus.Waiting))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.CancelRequestedAt, time.Now()).SetProperty(r => r.CancelReason, by), cancellationToken);
        if (await context.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.RunId == id, cancellationToken) is not { } run)
        {
            return RunErrors.NoSuchRun(id);
        }

        if (marked == 0 && run.Status is not RunStatus.Cancelled && !RunTransitions.Open.Contains(run.Status))
        {
            return Error.Conflict($"The run is {SnakeCase.Of(run.Status)} since {run.FinishedAt:O}: there is nothing left to cancel.");
        }

        if (marked > 0)
        {
            await wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
            await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        }

        return new CancelledRun(RunView.Of(run), AlreadyRequested: marked == 0);
    }
}
