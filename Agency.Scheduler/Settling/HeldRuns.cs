using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;
using Npgsql;

namespace Agency.Scheduler.Settling;

/// <summary>Reads what settling a failure depends on.</summary>
internal static class HeldRuns
{
    /// <summary>Locks the runs that are still their holders', in the settlements' order; null where one is not.</summary>
    public static async Task<HeldRun?[]> LockAsync(NpgsqlConnection connection, List<Settlement> settlements)
    {
        await using var command = new NpgsqlCommand(SettleSql.Hold, connection)
        {
            Parameters =
            {
                new() { Value = settlements.Select(s => s.Key.CompanyId.Value).ToArray() },
                new() { Value = settlements.Select(s => s.Key.RunId.Value).ToArray() },
                new() { Value = settlements.Select(s => s.Key.Fencing).ToArray() },
                new() { Value = settlements.Select(s => s.Key.Owner).ToArray() },
                new NpgsqlParameter<DateTime?[]> { TypedValue = [.. settlements.Select(s => s.OnlyIfLeaseIs?.UtcDateTime)] },
            },
        };
        var held = new HeldRun?[settlements.Count];
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            held[reader.GetInt32(0) - 1] = Read(reader);
        }

        return held;
    }

    private static HeldRun Read(NpgsqlDataReader reader) => new()
    {
        WorkflowId = new WorkflowId(reader.GetString(1)),
        Attempt = reader.GetInt32(2),
        ScheduledFor = reader.GetFieldValue<DateTimeOffset>(3),
        StartedAt = reader.GetFieldValue<DateTimeOffset>(4),
        CancelReason = reader.IsDBNull(5) ? null : reader.GetString(5),
        WorkflowStatus = SnakeCase.Parse<WorkflowStatus>(reader.GetString(6)),
        FailureCount = reader.GetInt32(7),
        Retry = new RetryPolicy(
            reader.GetInt32(8),
            reader.GetInt32(9),
            reader.GetDouble(10),
            reader.GetInt32(11),
            reader.GetDouble(12),
            reader.IsDBNull(13) ? null : reader.GetInt32(13),
            [.. reader.GetFieldValue<string[]>(14).Select(SnakeCase.Parse<RunErrorKind>)]),
        CompanyName = reader.GetString(15),
    };
}
