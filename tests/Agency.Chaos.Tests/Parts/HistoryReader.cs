using Agency.Chaos.Tests.Records;
using Npgsql;

namespace Agency.Chaos.Tests.Parts;

/// <summary>Reads the rows when all is over.</summary>
internal sealed class HistoryReader(string connectionString)
{
    public Task<List<RunRow>> RunsAsync() => ReadAsync(
        """
        select company_id, run_id, workflow_id, trigger, scheduled_for, scheduled_until, occurrences, status, attempt, skip_reason, idempotency_key,
               cancel_requested_at is not null, error_kind
        from agency.run order by scheduled_for, run_id
        """,
        r => new RunRow(
            r.GetString(0), r.GetGuid(1), r.GetString(2), r.GetString(3), Time(r, 4)!.Value, Time(r, 5), r.GetInt32(6), r.GetString(7), r.GetInt32(8),
            Text(r, 9), Text(r, 10), r.GetBoolean(11), Text(r, 12)));

    public Task<List<EventRow>> EventsAsync() => ReadAsync(
        "select company_id, run_id, event_id, attempt, type from agency.run_event order by event_id",
        r => new EventRow(r.GetString(0), r.GetGuid(1), r.GetInt64(2), r.GetInt32(3), r.GetString(4)));

    public Task<List<Transition>> TransitionsAsync() => ReadAsync(
        """
        select seq, at, statement_at, transaction_at, who, company_id, run_id, workflow_id, trigger, scheduled_for, scheduled_until, from_status, to_status,
               attempt, fencing, cancel_requested
        from chaos.transition order by seq
        """,
        r => new Transition(
            r.GetInt64(0), Time(r, 1)!.Value, Time(r, 2)!.Value, Time(r, 3)!.Value, r.GetString(4), r.GetString(5), r.GetGuid(6), r.GetString(7), r.GetString(8),
            Time(r, 9)!.Value, Time(r, 10), Text(r, 11), r.GetString(12), r.GetInt32(13), r.GetInt64(14), r.GetBoolean(15)));

    public Task<List<WorkflowChange>> WorkflowChangesAsync() => ReadAsync(
        "select seq, at, who, company_id, workflow_id, status_before, status, failures_before, failures from chaos.workflow_change order by seq",
        r => new WorkflowChange(
            r.GetInt64(0), Time(r, 1)!.Value, r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetInt32(7), r.GetInt32(8)));

    public Task<List<WorkflowRow>> WorkflowsAsync() => ReadAsync(
        "select company_id, workflow_id, status, failure_count, next_run from agency.workflow order by company_id, workflow_id",
        r => new WorkflowRow(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt32(3), Time(r, 4)));

    public async Task<IReadOnlyDictionary<(string Company, string Workflow), int>> EscalationsAsync() => (await ReadAsync(
        "select company_id, workflow_id, count(*)::int from agency.escalation where source = 'failures' group by 1, 2",
        r => ((r.GetString(0), r.GetString(1)), r.GetInt32(2)))).ToDictionary();

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
