using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Tenancy;
using Agency.Scheduler.Settling;
using Npgsql;

namespace Agency.Scheduler.Dispatch;

/// <summary>
/// Ends runs that nobody wants any more: queued ones at once, in the database; those that this scheduler executes by telling who executes
/// them, as it does of runs of clients that were frozen. Safe beside others.
/// </summary>
internal sealed class Cancellation(AgencyDatabase database, SchedulerIdentity identity, SchedulerTelemetry telemetry, TimeProvider time)
{
    private static readonly AttemptResult.HandedBack Frozen = new("The client was frozen before the run was through; the attempt does not count.");

    /// <summary>$1 owner. Runs of the owner whose client is frozen.</summary>
    private const string ToBeHandedBack = """
        select r.company_id, r.run_id, r.fencing
        from work_hold h
        join started_run s on s.company_id = h.company_id
        cross join lateral (
            select * from run r
            where r.company_id = s.company_id and r.run_id = s.run_id and r.status = 'running' and r.lease_owner = $1 offset 0) r
        where h.kind = 'freeze' and h.ends_at is null
        """;

    /// <summary>Cancels queued runs that were asked to end, and returns those that execute here and are to end, with what they are settled as.</summary>
    public async Task<IReadOnlyList<(RunKey Key, AttemptResult EndedAs)>> RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Cancel(ClaimSql.CancelRequested));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ClaimSql.ToBeEnded) { Parameters = { new() { Value = identity.Owner } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ToBeHandedBack) { Parameters = { new() { Value = identity.Owner } } });
        var ending = new List<(RunKey, AttemptResult)>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ending.Add((Key(reader), new AttemptResult.Failed(RunErrorKind.Cancelled, reader.IsDBNull(3) ? "Cancelled." : reader.GetString(3))));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ending.Add((Key(reader), Frozen));
        }

        return ending;
    }

    /// <summary>
    /// What a result becomes whose client was frozen meanwhile: the servers refuse a frozen client's run, and that is no failure of it.
    /// </summary>
    public async Task<AttemptResult> UnlessFrozenAsync(CompanyId company, AttemptResult result, CancellationToken cancellationToken)
    {
        if (result is not AttemptResult.Failed { Kind: not RunErrorKind.Cancelled })
        {
            return result;
        }

        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select exists (select from work_hold where company_id = $1 and kind = 'freeze' and ends_at is null)", connection)
        {
            Parameters = { new() { Value = company.Value } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))! ? Frozen with { Seconds = result.Seconds, ToolCalls = result.ToolCalls } : result;
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

    private RunKey Key(NpgsqlDataReader reader) => new(new CompanyId(reader.GetString(0)), new RunId(reader.GetGuid(1)), reader.GetInt64(2), identity.Owner);

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
