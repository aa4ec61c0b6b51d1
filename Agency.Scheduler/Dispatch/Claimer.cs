using System.Text.Json;
using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Scheduling;
using Agency.Data.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Scheduler.Dispatch;

/// <summary>Takes runs from the queue, fairly by company and never more of one company or workflow than may run at once.</summary>
internal sealed class Claimer(AgencyDatabase database, SchedulerIdentity identity, IOptions<SchedulerOptions> options, TimeProvider time)
{
    /// <summary>
    /// By how much the clock of who queued a run may be ahead of this one. Without it a run that is wanted now could be missed by a millisecond
    /// and wait for the next look.
    /// </summary>
    private static readonly TimeSpan ClockError = TimeSpan.FromMilliseconds(100);

    /// <summary>At most <paramref name="count"/> runs, leased to this scheduler.</summary>
    public async Task<IReadOnlyList<ClaimedRun>> ClaimAsync(int count, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var claimedAt = time.GetTimestamp();
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();

        // Both run in one implicit transaction without a round trip between them: nobody holds the lock while away.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(HoldSql.LockClaims));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ClaimSql.Claim)
        {
            Parameters =
            {
                new() { Value = now },
                new() { Value = count },
                new() { Value = RunTransitions.Claim.FromNames },
                new() { Value = RunTransitions.Claim.ToName },
                new() { Value = identity.Owner },
                new() { Value = now + options.Value.Lease },
                new() { Value = now + ClockError },
            },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var claimed = new List<ClaimedRun>(count);
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(Read(reader, claimedAt));
        }

        return claimed;
    }

    private ClaimedRun Read(NpgsqlDataReader reader, long claimedAt) => new()
    {
        ClaimedAt = claimedAt,
        Key = new RunKey(new CompanyId(reader.GetString(0)), new RunId(reader.GetGuid(1)), reader.GetInt64(2), identity.Owner),
        Attempt = reader.GetInt32(3),
        WorkflowId = new WorkflowId(reader.GetString(4)),
        ScheduledFor = reader.GetFieldValue<DateTimeOffset>(5),
        TraceParent = reader.IsDBNull(6) ? null : reader.GetString(6),
        Inputs = reader.IsDBNull(7) ? null : JsonSerializer.Deserialize<JsonElement>(reader.GetString(7)),
        Type = reader.GetString(8),
        Timeout = TimeSpan.FromSeconds(Math.Max(1, reader.GetInt32(9))),
        CompanyName = reader.GetString(10),
    };
}
