using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Tenancy;
using Npgsql;

namespace Agency.Scheduler.Dispatch;

/// <summary>
/// Ends runs that nobody wants any more: queued ones at once, in the database; those that this scheduler executes by telling who executes
/// them. Safe beside others.
/// </summary>
internal sealed class Cancellation(AgencyDatabase database, SchedulerIdentity identity, SchedulerTelemetry telemetry, TimeProvider time)
{
    /// <summary>Cancels queued runs that were asked to end, and returns those that execute here and are to end, with the reason.</summary>
    public async Task<IReadOnlyList<(RunKey Key, string Reason)>> RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Cancel(ClaimSql.CancelRequested));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ClaimSql.ToBeEnded) { Parameters = { new() { Value = identity.Owner } } });
        var ending = new List<(RunKey, string)>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = new RunKey(new CompanyId(reader.GetString(0)), new RunId(reader.GetGuid(1)), reader.GetInt64(2), identity.Owner);
            ending.Add((key, reader.IsDBNull(3) ? "Cancelled." : reader.GetString(3)));
        }

        return ending;
    }

    /// <summary>Cancels queued runs whose workflow was deleted or whose client was archived, and measures the queue.</summary>
    public async Task CancelAbandonedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Cancel(ClaimSql.CancelAbandoned));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ClaimSql.QueueDepth) { Parameters = { new() { Value = time.GetUtcNow() } } });
        telemetry.QueueDepth((long)(await batch.ExecuteScalarAsync(cancellationToken))!);
    }

    private NpgsqlBatchCommand Cancel(string sql) => new(sql)
    {
        Parameters =
        {
            new() { Value = time.GetUtcNow() },
            new() { Value = RunTransitions.Cancel.FromNames },
            new() { Value = RunTransitions.Cancel.ToName },
        },
    };
}
