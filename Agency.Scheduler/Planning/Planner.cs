using System.Diagnostics;
using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Tenancy;
using Agency.Data.Workflows;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Scheduler.Planning;

/// <summary>
/// Turns due workflows into runs. Set-based and safe beside other planners: a workflow is locked while it is planned, and an occurrence
/// written twice is a constraint violation that is passed over.
/// </summary>
internal sealed partial class Planner(
    AgencyDatabase database, IOptions<SchedulerOptions> options, SchedulerTelemetry telemetry, TimeProvider time, ILogger<Planner> logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>Plans everything that is due. Returns how many runs were queued, and when the next occurrence is due.</summary>
    /// <param name="onQueued">Called when a part of them is there, so that they are executed while the others are planned.</param>
    /// <param name="cancellationToken">Ends the work between two parts.</param>
    public async Task<PlanningRound> RunOnceAsync(Action onQueued, CancellationToken cancellationToken)
    {
        var queued = 0;
        while (true)
        {
            var (planned, added, next) = await PlanBatchAsync(cancellationToken);
            queued += added;
            if (added > 0)
            {
                onQueued();
            }

            if (planned < options.Value.PlanBatch)
            {
                return new PlanningRound(queued, next);
            }
        }
    }

    private async Task<(int Planned, int Queued, DateTimeOffset? Next)> PlanBatchAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = time.GetUtcNow();
        var (due, next) = await DueWorkflows.LockAsync(connection, now, options.Value.PlanBatch, cancellationToken);
        if (due.Count == 0)
        {
            return (0, 0, next);
        }

        var holds = await DueWorkflows.EndedHoldsAsync(connection, due, now, cancellationToken);
        var plans = due.ConvertAll(workflow => (Workflow: workflow, Plan: Plan(workflow, holds, now)));
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(MoveNextRuns(plans));
        if (plans.Any(p => p.Plan.CancelsOpenRuns))
        {
            batch.BatchCommands.Add(CancelOpenRuns(plans, now));
        }

        batch.BatchCommands.Add(InsertRuns(plans, now));
        if (plans.Any(p => p.Plan.Fault is not null))
        {
            batch.BatchCommands.Add(RecordFaults(plans, now));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        foreach (var (workflow, plan) in plans.Where(p => p.Plan.Fault is not null))
        {
            Unplannable(_logger, workflow.WorkflowId.Value, workflow.CompanyId.Value, plan.Fault!);
        }

        var occurrences = plans.SelectMany(p => p.Plan.Occurrences).ToList();
        var queued = occurrences.Count(o => o.SkipReason is null);
        telemetry.Planned(queued, occurrences.Where(o => o.SkipReason is not null).Sum(o => o.Count));
        return (due.Count, queued, plans.Select(p => p.Plan.Next).Append(next).Min());
    }

    /// <summary>One workflow that cannot be planned must not keep the others from it, nor come up again and again.</summary>
    private OccurrencePlan Plan(DueWorkflow workflow, IReadOnlyList<HoldPeriod> holds, DateTimeOffset now)
    {
        try
        {
            return OccurrencePlanner.Plan(workflow, holds, now);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Faulted(_logger, e, workflow.WorkflowId.Value, workflow.CompanyId.Value);
            return new OccurrencePlan([], null, Fault: $"The schedule '{workflow.Cron}' could not be evaluated: {e.Message}");
        }
    }

    private static NpgsqlBatchCommand CancelOpenRuns(List<(DueWorkflow Workflow, OccurrencePlan Plan)> plans, DateTimeOffset now)
    {
        var cancelling = plans.Where(p => p.Plan.CancelsOpenRuns).ToList();
        return new NpgsqlBatchCommand(PlanningSql.CancelOpenRuns)
        {
            Parameters =
            {
                new() { Value = cancelling.Select(p => p.Workflow.CompanyId.Value).ToArray() },
                new() { Value = cancelling.Select(p => p.Workflow.WorkflowId.Value).ToArray() },
                new() { Value = now },
                new() { Value = RunTransitions.Cancel.FromNames },
            },
        };
    }

    private static NpgsqlBatchCommand MoveNextRuns(List<(DueWorkflow Workflow, OccurrencePlan Plan)> plans) => new(PlanningSql.MoveNextRuns)
    {
        Parameters =
        {
            new() { Value = plans.Select(p => p.Workflow.CompanyId.Value).ToArray() },
            new() { Value = plans.Select(p => p.Workflow.WorkflowId.Value).ToArray() },
            new NpgsqlParameter<DateTime?[]> { TypedValue = [.. plans.Select(p => p.Plan.Next?.UtcDateTime)] },
            new NpgsqlParameter<string?[]> { TypedValue = [.. plans.Select(p => p.Plan.Fault)] },
        },
    };

    private static NpgsqlBatchCommand RecordFaults(List<(DueWorkflow Workflow, OccurrencePlan Plan)> plans, DateTimeOffset now)
    {
        var faults = plans.Where(p => p.Plan.Fault is not null).ToList();
        return new NpgsqlBatchCommand(PlanningSql.RecordFaults)
        {
            Parameters =
            {
                new() { Value = faults.Select(p => p.Workflow.CompanyId.Value).ToArray() },
                new() { Value = faults.Select(p => p.Workflow.WorkflowId.Value).ToArray() },
                new() { Value = faults.Select(p => p.Plan.Fault!).ToArray() },
                new() { Value = now },
            },
        };
    }

    private NpgsqlBatchCommand InsertRuns(List<(DueWorkflow Workflow, OccurrencePlan Plan)> plans, DateTimeOffset now)
    {
        var rows = plans.SelectMany(p => p.Plan.Occurrences, (p, occurrence) => (p.Workflow, Occurrence: occurrence)).ToList();
        return new NpgsqlBatchCommand(PlanningSql.InsertRuns)
        {
            Parameters =
            {
                new() { Value = rows.Select(r => r.Workflow.CompanyId.Value).ToArray() },
                new() { Value = rows.Select(_ => RunId.New(time).Value).ToArray() },
                new() { Value = rows.Select(r => r.Workflow.WorkflowId.Value).ToArray() },
                new() { Value = rows.Select(r => SnakeCase.Of(r.Occurrence.Trigger)).ToArray() },
                new() { Value = rows.Select(r => r.Occurrence.ScheduledFor.UtcDateTime).ToArray() },
                new() { Value = rows.Select(r => SnakeCase.Of(r.Occurrence.SkipReason is null ? RunStatus.Queued : RunStatus.Skipped)).ToArray() },
                new NpgsqlParameter<string?[]> { TypedValue = [.. rows.Select(r => r.Occurrence.SkipReason)] },
                new() { Value = rows.Select(r => r.Occurrence.Count).ToArray() },
                new NpgsqlParameter<DateTime?[]> { TypedValue = [.. rows.Select(r => r.Occurrence.Until?.UtcDateTime)] },
                new NpgsqlParameter<string?[]> { TypedValue = [.. rows.Select(TraceParent)] },
                new() { Value = rows.Select(r => AvailableAt(r.Workflow, r.Occurrence, now).UtcDateTime).ToArray() },
                new() { Value = rows.Select(r => r.Workflow.Priority).ToArray() },
                new() { Value = now },
            },
        };
    }

    private static DateTimeOffset AvailableAt(DueWorkflow workflow, Occurrence occurrence, DateTimeOffset now)
    {
        var at = occurrence.ScheduledFor + Jitter.Of(workflow.CompanyId, workflow.WorkflowId, occurrence.ScheduledFor, workflow.JitterSeconds);
        return at > now ? at : now;
    }

    /// <summary>The trace of a run begins where it is planned.</summary>
    private static string? TraceParent((DueWorkflow Workflow, Occurrence Occurrence) row)
    {
        if (row.Occurrence.SkipReason is not null)
        {
            return null;
        }

        using var activity = SchedulerTelemetry.Source.StartActivity("plan occurrence", ActivityKind.Producer);
        activity?.SetTag("agency.company", row.Workflow.CompanyId.Value).SetTag("agency.workflow", row.Workflow.WorkflowId.Value);
        return activity?.Id ?? $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01";
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Planning workflow {Workflow} of {Company} failed unexpectedly.")]
    private static partial void Faulted(ILogger logger, Exception exception, string workflow, string company);

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflow {Workflow} of {Company} will not fire again until its schedule is mended: {Fault}")]
    private static partial void Unplannable(ILogger logger, string workflow, string company, string fault);
}
