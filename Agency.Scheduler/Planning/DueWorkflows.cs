using Agency.Data;
using Agency.Data.Workflows;
using Npgsql;

namespace Agency.Scheduler.Planning;

/// <summary>Reads what is due and all that its planning depends on, within the planner's transaction.</summary>
internal static class DueWorkflows
{
    /// <summary>What is due by <paramref name="now"/>, locked, with its open runs and its client's calendar; and when the first of the others will be.</summary>
    public static async Task<(List<DueWorkflow> Due, DateTimeOffset? Next)> LockAsync(
        NpgsqlConnection connection, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var (due, next) = await LockDueAsync(connection, now, limit, cancellationToken);
        if (due.Count > 0)
        {
            await CountOpenRunsAsync(connection, due, cancellationToken);
            due = await WithCalendarsAsync(connection, due, now, cancellationToken);
        }

        return (due, next);
    }

    /// <summary>The holds that may be why something was missed; none are looked for when nothing was.</summary>
    public static async Task<IReadOnlyList<HoldPeriod>> EndedHoldsAsync(
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

    private static async Task<(List<DueWorkflow> Due, DateTimeOffset? Next)> LockDueAsync(
        NpgsqlConnection connection, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(PlanningSql.LockDue)
        {
            Parameters = { new() { Value = now }, new() { Value = limit } },
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
}
