using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Scheduling;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Holds;

/// <summary>Stops work and lets it go on.</summary>
internal sealed class HoldDesk(CompanyScope companies, CallerDatabase database, Caller caller, IWakeUps wakeUps, TimeProvider time)
{
    private static readonly TimeSpan LongestMaintenance = TimeSpan.FromDays(90);

    public Task<Result<HoldResult>> PauseAsync(string? client, string reason, CancellationToken cancellationToken) =>
        ChangeAsync(client, async (context, company, now) =>
        {
            var there = await OfScope(context, company).FirstOrDefaultAsync(h => h.Kind == HoldKind.Pause && h.StartsAt <= now && h.EndsAt == null, cancellationToken);
            return Add(context, there, company, HoldKind.Pause, now, null, reason, now);
        }, cancellationToken);

    public async Task<Result<HoldResult>> ScheduleAsync(
        string? client, string? startsAt, string endsAt, string reason, CancellationToken cancellationToken)
    {
        var start = Instants.ParseOptional("starts_at", startsAt);
        if (start.Error is { } badStart)
        {
            return badStart;
        }

        if (!Instants.TryParse(endsAt, out var end))
        {
            return Error.Invalid($"ends_at must be {Instants.Rule}.");
        }

        return await ChangeAsync<HoldResult>(client, async (context, company, now) =>
        {
            // What is past cannot be held any more.
            var from = start.Value is { } given && given > now ? given : now;
            if (end <= from)
            {
                return Error.Invalid($"ends_at ({end:O}) must be later than starts_at and than now ({now:O}).");
            }

            if (end - from > LongestMaintenance)
            {
                return Error.Invalid($"A maintenance window lasts at most {LongestMaintenance.TotalDays:0} days. To stop work for an open time use pause_work.");
            }

            var atOnce = from == now;
            var there = await OfScope(context, company).FirstOrDefaultAsync(
                h => h.Kind == HoldKind.Maintenance && h.EndsAt == end && (atOnce ? h.StartsAt <= now : h.StartsAt == from), cancellationToken);
            return Add(context, there, company, HoldKind.Maintenance, from, end, reason, now);
        }, cancellationToken);
    }

    /// <summary>Stops one client's work, what executes included, and its tokens.</summary>
    public Task<Result<FrozenClient>> FreezeAsync(string client, string reason, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(client) ? NoClient<FrozenClient>() : ChangeAsync<FrozenClient>(client, async (context, company, now) =>
        {
            var there = await OfScope(context, company).FirstOrDefaultAsync(h => h.Kind == HoldKind.Freeze && h.EndsAt == null, cancellationToken);
            var hold = Add(context, there, company, HoldKind.Freeze, now, null, reason, now);
            var executing = await context.Runs.CountAsync(r => r.Status == RunStatus.Running, cancellationToken);
            return hold.Map(h => new FrozenClient(h.Hold, h.AlreadyHeld, executing));
        }, cancellationToken);

    public Task<Result<ResumedWork>> UnfreezeAsync(string client, CancellationToken cancellationToken) =>
        string.IsNullOrEmpty(client) ? NoClient<ResumedWork>() : LiftAsync(client, HoldKind.Freeze, cancellationToken);

    public Task<Result<ResumedWork>> ResumeAsync(string? client, CancellationToken cancellationToken) => LiftAsync(client, HoldKind.Pause, cancellationToken);

    private Task<Result<ResumedWork>> LiftAsync(string? client, HoldKind kind, CancellationToken cancellationToken) =>
        ChangeAsync<ResumedWork>(client, async (context, company, now) =>
        {
            var pauses = await OfScope(context, company).Where(h => h.Kind == kind && h.EndsAt == null).ToListAsync(cancellationToken);
            pauses.ForEach(pause => Lift(pause, now));
            await context.SaveChangesAsync(cancellationToken);
            var held = await context.WorkHolds.AsNoTracking()
                .Where(h => (h.CompanyId == null || h.CompanyId == company) && h.StartsAt <= now && (h.EndsAt == null || h.EndsAt > now))
                .OrderByDescending(h => h.Kind == HoldKind.Freeze).ThenByDescending(h => h.EndsAt == null).ThenByDescending(h => h.EndsAt)
                .FirstOrDefaultAsync(cancellationToken);
            return new ResumedWork(
                [.. pauses.Select(pause => HoldView.Of(pause, now))],
                held is null ? null : new HoldNotice(held.Kind, held.CompanyId is null, held.StartsAt, held.EndsAt, held.Reason));
        }, cancellationToken);

    public async Task<Result<CancelledHold>> CancelAsync(string holdId, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(holdId, out var id))
        {
            return Error.Invalid("hold_id must be a UUID. Call list_holds to see the ids.");
        }

        return await ChangeAsync<CancelledHold>(null, async (context, _, now) =>
        {
            var hold = await context.WorkHolds.SingleOrDefaultAsync(h => h.HoldId == id, cancellationToken);
            if (hold is null)
            {
                return Error.NotFound($"There is no hold '{id}'. Call list_holds to see the ids.");
            }

            if (hold.Kind is not HoldKind.Maintenance)
            {
                return Error.Conflict(hold.Kind is HoldKind.Freeze
                    ? "That hold is a freeze. Call unfreeze_client to lift it."
                    : "That hold is a pause. Call resume_work to lift it.");
            }

            var before = HoldView.Of(hold, now);
            if (before is { State: HoldState.Ended, LiftedBy: null })
            {
                return Error.Conflict($"That maintenance was over at {hold.EndsAt:O}.");
            }

            if (before.State is not HoldState.Ended)
            {
                Lift(hold, now);
            }

            return new CancelledHold(HoldView.Of(hold, now), AlreadyCancelled: before.State is HoldState.Ended);
        }, cancellationToken);
    }

    /// <summary>Freezing stops one client, and never all by a forgotten argument.</summary>
    private static Task<Result<T>> NoClient<T>() =>
        Task.FromResult<Result<T>>(Error.Invalid("client must name the client company. To stop everything use pause_work without client."));

    /// <summary>One that never came into force ends where it would have begun.</summary>
    private void Lift(WorkHold hold, DateTimeOffset now)
    {
        hold.EndsAt = hold.StartsAt > now ? hold.StartsAt : now;
        hold.LiftedBy = caller.Subject;
    }

    private static IQueryable<WorkHold> OfScope(AgencyDbContext context, CompanyId? company) =>
        company is null ? context.WorkHolds.Where(h => h.CompanyId == null) : context.WorkHolds.Where(h => h.CompanyId == company);

    private Result<HoldResult> Add(
        AgencyDbContext context, WorkHold? there, CompanyId? company, HoldKind kind, DateTimeOffset from, DateTimeOffset? until, string reason, DateTimeOffset now)
    {
        if (there is not null)
        {
            return new HoldResult(HoldView.Of(there, now), AlreadyHeld: true);
        }

        if (string.IsNullOrWhiteSpace(reason))
        {
            return Error.Invalid("reason must say why work is held: people see it.");
        }

        var hold = new WorkHold
        {
            HoldId = Guid.CreateVersion7(now),
            CompanyId = company,
            Kind = kind,
            StartsAt = from,
            EndsAt = until,
            Reason = reason.Trim(),
            CreatedBy = caller.Subject,
            CreatedAt = now,
        };
        context.WorkHolds.Add(hold);
        return new HoldResult(HoldView.Of(hold, now), AlreadyHeld: false);
    }

    /// <summary>One change at a time, so that two calls at once do not make two pauses.</summary>
    private async Task<Result<T>> ChangeAsync<T>(
        string? client, Func<AgencyDbContext, CompanyId?, DateTimeOffset, Task<Result<T>>> change, CancellationToken cancellationToken)
    {
        var scope = companies.ResolveOptional(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        await using var context = database.Open(scope.Value);
        if (scope.Value is { } company && await context.FindCompanyAsync(company, cancellationToken) is { IsSuccess: false } unknown)
        {
            return unknown.Error!;
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext('agency holds'))", cancellationToken);
        var result = await change(context, scope.Value, time.Now());
        if (!result.IsSuccess)
        {
            return result;
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        await wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
        await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);

        // Once it is told that work is held, nothing starts any more.
        await context.Database.ExecuteSqlRawAsync(HoldSql.LockClaims, CancellationToken.None);
        return result;
    }
}
