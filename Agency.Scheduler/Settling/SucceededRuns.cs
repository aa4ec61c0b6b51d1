using Agency.Data;
using Agency.Data.Runs;
using Npgsql;

namespace Agency.Scheduler.Settling;

/// <summary>Writes successes, which need no decision.</summary>
internal static class SucceededRuns
{
    /// <summary>Ends those that are still their holders', in the settlements' order; null where one is not.</summary>
    public static async Task<(WorkflowId Workflow, int Attempt)?[]> EndAsync(
        NpgsqlConnection connection, List<Settlement> settlements, DateTimeOffset now)
    {
        await using var command = new NpgsqlCommand(SettleSql.Succeed, connection)
        {
            Parameters =
            {
                new() { Value = settlements.Select(s => s.Key.CompanyId.Value).ToArray() },
                new() { Value = settlements.Select(s => s.Key.RunId.Value).ToArray() },
                new() { Value = settlements.Select(s => s.Key.Fencing).ToArray() },
                new() { Value = settlements.Select(s => s.Key.Owner).ToArray() },
                new() { Value = settlements.Select(s => s.Result.Seconds).ToArray() },
                new() { Value = settlements.Select(s => s.Result.ToolCalls).ToArray() },
                new() { Value = settlements.Select(s => ((AttemptResult.Succeeded)s.Result).Summary).ToArray() },
                new() { Value = RunTransitions.Succeed.ToName },
                new() { Value = now },
            },
        };
        var ended = new (WorkflowId, int)?[settlements.Count];
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            ended[reader.GetInt32(0) - 1] = (new WorkflowId(reader.GetString(1)), reader.GetInt32(2));
        }

        return ended;
    }
}
