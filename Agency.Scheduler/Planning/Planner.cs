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
        var (due, next) = await LockDueAsync(connection, now, cancellationToken);
        if (due.Count == 0)
        {
            return (0, 0, next);
        }

        await CountOpenRunsAsync(connection, due, cancellationToken);
        due = await WithCalendarsAsync(connection, due, now, cancellationToken);
        var holds = await EndedHoldsAsync(connection, due, now, cancellationToken);
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

    /// <summary>What is due, and when the first of the others will be.</summary>
    private async Task<(List<DueWorkflow> Due, DateTimeOffset? Next)> LockDueAsync(
        NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(PlanningSql.LockDue)
        {
            Parameters = { new() { Value = now }, new() { Value = options.Value.PlanBatch } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(PlanningSql.NextDue) { Parameters = { new() { Value = now } } });
        var due = new List<DueWorkflow>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(Read(reader));
        }

        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (due, reader.IsDBNull(0) ? null : reader.GetFieldValue<DateTimeOffset>(0));
    }

    private static DueWorkflow Read(NpgsqlDataReader reader) => new()
    {
        CompanyId = new CompanyId(reader.GetString(0)),
        WorkflowId = new WorkflowId(reader.GetString(1)),
        NextRun = reader.GetFieldValue<DateTimeOffset>(2),
        Cron = reader.IsDBNull(3) ? null : reader.GetString(3),
        TimeZone = reader.GetString(4),
        Options = new ScheduleOptions
        {
            StartAt = reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5),
            EndAt = reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
            Gap = reader.IsDBNull(7) ? null : SnakeCase.Parse<DstGap>(reader.GetString(7)),
            Overlap = reader.IsDBNull(8) ? null : SnakeCase.Parse<DstOverlap>(reader.GetString(8)),
        },
        ObserveCalendar = reader.GetBoolean(9),
        WrittenAt = reader.GetFieldValue<DateTimeOffset>(10),
        ActiveSince = reader.IsDBNull(11) ? null : reader.GetFieldValue<DateTimeOffset>(11),
        JitterSeconds = reader.GetInt32(12),
        Priority = reader.GetInt32(13),
        CatchUp = SnakeCase.Parse<CatchUpPolicy>(reader.GetString(14)),
        CatchUpWindow = TimeSpan.FromMinutes(reader.GetInt32(15)),
        Overlap = SnakeCase.Parse<OverlapPolicy>(reader.GetString(16)),
    };

    /// <summary>Tells those that have runs open how many.</summary>
    private static async Task CountOpenRunsAsync(NpgsqlConnection connection, List<DueWorkflow> due, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(PlanningSql.OpenRuns, connection)
        {
            Parameters =
            {
                new() { Value = due.Select(w => w.CompanyId.Value).ToArray() },
                new() { Value = due.Select(w => w.WorkflowId.Value).ToArray() },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var place = reader.GetInt32(0) - 1;
            due[place] = due[place] with { OpenRuns = reader.GetInt32(1), WaitingRuns = reader.GetInt32(2) };
        }
    }

    /// <summary>Gives those that observe it their client's calendar.</summary>
    private static async Task<List<DueWorkflow>> WithCalendarsAsync(
        NpgsqlConnection connection, List<DueWorkflow> due, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var companies = due.Where(w => w.ObserveCalendar).Select(w => w.CompanyId.Value).Distinct().ToArray();
        if (companies.Length == 0)
        {
            return due;
        }

        var first = due.Min(w => w.NextRun) is var earliest && earliest < now - OccurrencePlanner.CountWindow ? now - OccurrencePlanner.CountWindow : earliest;
        await using var command = new NpgsqlCommand(PlanningSql.ExcludedDates, connection)
        {
            // Local dates: the day before in UTC may be the day itself somewhere.
            Parameters = { new() { Value = companies }, new() { Value = DateOnly.FromDateTime(first.UtcDateTime).AddDays(-1) } },
        };
        var calendars = companies.ToDictionary(c => new CompanyId(c), _ => new Dictionary<DateOnly, string>());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            calendars[new CompanyId(reader.GetString(0))][reader.GetFieldValue<DateOnly>(1)] = reader.GetString(2);
        }

        return due.ConvertAll(w => w.ObserveCalendar ? w with { Options = w.Options with { ExcludedDates = calendars[w.CompanyId] } } : w);
    }

    /// <summary>The holds that may be why something was missed; none are looked for when nothing was.</summary>
    private static async Task<IReadOnlyList<HoldPeriod>> EndedHoldsAsync(
        NpgsqlConnection connection, List<DueWorkflow> due, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var first = due.Min(w => w.NextRun);
        if (now - first <= OccurrencePlanner.Tolerance)
        {
            return [];
        }

        await using var command = new NpgsqlCommand(PlanningSql.EndedHolds, connection) { Parameters = { new() { Value = now }, new() { Value = first } } };
        var holds = new List<HoldPeriod>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            holds.Add(new HoldPeriod(
                reader.IsDBNull(0) ? null : new CompanyId(reader.GetString(0)),
                reader.GetFieldValue<DateTimeOffset>(1),
                reader.GetFieldValue<DateTimeOffset>(2)));
        }

        return holds;
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
