using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;
using Agency.Operations.Holds;
using Agency.Operations.Registry;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Runs;

/// <summary>Queues the past occurrences of a workflow that have not been executed.</summary>
internal sealed class Backfill(
    WorkflowLocator locator, CallerDatabase database, Caller caller, IWakeUps wakeUps, TimeProvider time)
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    /// <summary>Occurrences looked at in one call, and those counted beyond: a schedule may fire every second.</summary>
    private const int MaxExamined = 50_000;
    private const int MaxCounted = 10_000;
    private const int Chunk = 1_000;

    private static readonly TimeSpan MaxRange = TimeSpan.FromDays(366);

    public async Task<Result<BackfilledWorkflow>> RunAsync(
        string? client, string id, string from, string to, int limit, CancellationToken cancellationToken)
    {
        var found = await locator.FindAsync(client, id, cancellationToken);
        var now = time.Now();
        var range = ReadRange(from, to, now);
        if ((found.Error ?? range.Error) is { } error)
        {
            return error;
        }

        if (limit is < 1 or > MaxLimit)
        {
            return Error.Invalid($"limit must be from 1 to {MaxLimit}, but is {limit}.");
        }

        var key = found.Value;
        await using var context = database.Open(key.Company);
        var company = await context.FindActiveCompanyAsync(key.Company, cancellationToken);
        if (!company.IsSuccess)
        {
            return company.Error;
        }

        // Locked, so that neither the planner nor another backfill decides on the same occurrences meanwhile.
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (await context.LockWorkflowAsync(key, cancellationToken) is not { } workflow)
        {
            return RegistryErrors.NoSuchWorkflow(key);
        }

        var schedule = ScheduleTerms.Of(workflow).Read(await ClientCalendar.ReadAsync(context, company.Value, cancellationToken));
        if ((schedule.Error ?? Refuse(workflow, schedule.Value)) is { } refusal)
        {
            return refusal;
        }

        var work = new BackfillWork(context, workflow, limit);
        await work.CollectAsync(schedule.Value!, range.Value.From, range.Value.To, cancellationToken);
        var queued = await InsertAsync(context, workflow, work.Missing, now, cancellationToken);
        if (queued > 0)
        {
            context.AddHistory(key, now, "backfilled", $"{queued} missing occurrences from {work.Missing[0]:O} to {work.Missing[^1]:O} queued by {caller.Subject}.");
            await context.SaveChangesAsync(cancellationToken);
        }

        var hold = await HoldNotice.FindAsync(context, key.Company, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (queued > 0)
        {
            await wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
            await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        }

        return new BackfilledWorkflow(
            key.Company,
            key.Id,
            queued,
            work.Missing is [var first, ..] ? first : null,
            work.Missing is [.., var last] ? last : null,
            work.AlreadyRun,
            work.AlreadyBackfilled,
            work.StillToBePlanned,
            work.BeyondLimit,
            work.ContinueFrom,
            hold);
    }

    private static Result<(DateTimeOffset From, DateTimeOffset To)> ReadRange(string from, string to, DateTimeOffset now)
    {
        if (!Instants.TryParse(from, out var begin))
        {
            return Error.Invalid($"from must be {Instants.Rule}.");
        }

        if (!Instants.TryParse(to, out var end))
        {
            return Error.Invalid($"to must be {Instants.Rule}.");
        }

        if (end <= begin)
        {
            return Error.Invalid($"to ({end:O}) must be after from ({begin:O}).");
        }

        if (end > now)
        {
            return Error.Invalid($"to ({end:O}) must not lie in the future: it is {now:O}. What is still to come the schedule makes itself.");
        }

        return end - begin > MaxRange
            ? Error.Invalid($"from and to are {(end - begin).TotalDays:0} days apart; at most {MaxRange.TotalDays:0} are possible. Backfill a part at a time.")
            : (begin, end);
    }

    private static Error? Refuse(Workflow workflow, Schedule? schedule) => (workflow.Status, schedule) switch
    {
        (WorkflowStatus.Completed, _) => RegistryErrors.Completed(workflow.WorkflowId),
        (_, null) => Error.Invalid($"The workflow '{workflow.WorkflowId}' has no schedule, so it has no occurrences to backfill. Use run_workflow_now."),
        _ => null,
    };

    private Task<int> InsertAsync(
        AgencyDbContext context, Workflow workflow, List<DateTimeOffset> occurrences, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (occurrences.Count == 0)
        {
            return Task.FromResult(0);
        }

        var (company, id, by, trace) = (workflow.CompanyId.Value, workflow.WorkflowId.Value, caller.Subject, RunRequests.TraceParent());
        Guid[] runs = [.. occurrences.Select(_ => RunId.New(time).Value)];
        DateTimeOffset[] due = [.. occurrences];
        var (trigger, status) = (SnakeCase.Of(RunTrigger.Backfill), SnakeCase.Of(RunStatus.Queued));

        // The queue is served by available_at: a microsecond apart they start in order.
        var available = now.AddMicroseconds(-due.Length);
        return context.Database.ExecuteSqlAsync($"""
            insert into run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at, priority, requested_by, trace_parent)
            select {company}, u.run_id, {id}, {trigger}, u.scheduled_for, {status}, {available} + u.place * interval '1 microsecond', {now}, {workflow.Priority}, {by}, {trace}
            from unnest({runs}, {due}) with ordinality as u (run_id, scheduled_for, place)
            on conflict do nothing
            """, cancellationToken);
    }

    /// <summary>The walk through the occurrences of a range.</summary>
    private sealed class BackfillWork(AgencyDbContext context, Workflow workflow, int limit)
    {
        private int _examined;

        public List<DateTimeOffset> Missing { get; } = [];

        public int AlreadyRun { get; private set; }

        public int AlreadyBackfilled { get; private set; }

        public int StillToBePlanned { get; private set; }

        public int BeyondLimit { get; private set; }

        public DateTimeOffset? ContinueFrom { get; private set; }

        public async Task CollectAsync(Schedule schedule, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
        {
            var occurrences = schedule.After(from.AddTicks(-1)).Select(o => o.Instant).TakeWhile(o => o < to);
            foreach (var chunk in occurrences.Chunk(Chunk))
            {
                if (ContinueFrom is null)
                {
                    await CollectAsync(chunk, cancellationToken);
                }
                else
                {
                    BeyondLimit = Math.Min(MaxCounted, BeyondLimit + chunk.Length);
                }

                if (BeyondLimit == MaxCounted)
                {
                    return;
                }
            }
        }

        private async Task CollectAsync(DateTimeOffset[] occurrences, CancellationToken cancellationToken)
        {
            var (first, last) = (occurrences[0], occurrences[^1]);
            var known = (await context.Runs.AsNoTracking()
                .Where(r => r.CompanyId == workflow.CompanyId && r.WorkflowId == workflow.WorkflowId && r.ScheduledFor >= first && r.ScheduledFor <= last
                    && r.Trigger != RunTrigger.Manual
                    && (r.Status == RunStatus.Queued || r.Status == RunStatus.Running || r.Status == RunStatus.Waiting || r.Status == RunStatus.Succeeded
                        || r.Trigger == RunTrigger.Backfill))
                .Select(r => new { r.ScheduledFor, Serves = r.Status == RunStatus.Succeeded || RunTransitions.Open.Contains(r.Status) })
                .ToListAsync(cancellationToken))
                .ToLookup(r => r.ScheduledFor, r => r.Serves);
            for (var i = 0; i < occurrences.Length; i++)
            {
                var occurrence = occurrences[i];
                if (_examined++ == MaxExamined)
                {
                    (ContinueFrom, BeyondLimit) = (occurrence, occurrences.Length - i);
                    return;
                }

                if (workflow is { Status: WorkflowStatus.Active, NextRun: { } next } && occurrence >= next)
                {
                    StillToBePlanned++;
                }
                else if (known[occurrence].Any(serves => serves))
                {
                    AlreadyRun++;
                }
                else if (known[occurrence].Any())
                {
                    AlreadyBackfilled++;
                }
                else if (Missing.Count == limit)
                {
                    (ContinueFrom, BeyondLimit) = (occurrence, occurrences.Length - i);
                    return;
                }
                else
                {
                    Missing.Add(occurrence);
                }
            }
        }
    }
}
