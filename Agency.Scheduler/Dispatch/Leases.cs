using System.Collections.Concurrent;
using Agency.Data.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Scheduler.Dispatch;

/// <summary>
/// The runs this scheduler holds. Heartbeats prolong their leases, all in one statement; a run whose lease is gone, or may be because the
/// database did not answer in time, is cancelled here before another scheduler can start it.
/// </summary>
internal sealed partial class Leases(
    AgencyDatabase database, SchedulerIdentity identity, IOptions<SchedulerOptions> options, TimeProvider time, ILogger<Leases> logger)
{
    private readonly ILogger _logger = logger;
    private readonly ConcurrentDictionary<RunKey, Held> _held = new();

    /// <summary>Registers a run until disposed. <paramref name="onLost"/> is called once if the lease is lost.</summary>
    public IDisposable Hold(RunKey key, Action onLost)
    {
        var held = new Held(this, key, onLost, time.GetUtcNow() + options.Value.Lease);
        _held[key] = held;
        return held;
    }

    public async Task HeartbeatAsync(CancellationToken cancellationToken)
    {
        var beating = _held.Values.ToArray();
        if (beating.Length == 0)
        {
            return;
        }

        try
        {
            var until = time.GetUtcNow() + options.Value.Lease;
            var kept = await ProlongAsync(beating, until, cancellationToken);
            foreach (var held in beating)
            {
                if (kept.Contains(held.Key.RunId.Value))
                {
                    held.Until = until;
                }
                else if (_held.ContainsKey(held.Key))
                {
                    Lose(held);
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            NoHeartbeat(_logger, e, beating.Length);

            // The next heartbeat would come too late to give the run up before another scheduler may take it.
            var next = time.GetUtcNow() + (options.Value.Lease / 3);
            foreach (var held in beating.Where(h => h.Until <= next))
            {
                Lose(held);
            }
        }
    }

    private void Lose(Held held)
    {
        if (_held.TryRemove(KeyValuePair.Create(held.Key, held)))
        {
            Lost(_logger, held.Key.RunId.Value);
            held.OnLost();
        }
    }

    private async Task<HashSet<Guid>> ProlongAsync(Held[] held, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ClaimSql.Heartbeat, connection)
        {
            // A statement that hangs must not outlive the lease it is to prolong.
            CommandTimeout = Math.Max(1, (int)(options.Value.Lease.TotalSeconds / 3)),
            Parameters =
            {
                new() { Value = held.Select(h => h.Key.CompanyId.Value).ToArray() },
                new() { Value = held.Select(h => h.Key.RunId.Value).ToArray() },
                new() { Value = held.Select(h => h.Key.Fencing).ToArray() },
                new() { Value = identity.Owner },
                new() { Value = until },
            },
        };
        var kept = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            kept.Add(reader.GetGuid(0));
        }

        return kept;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of run {Run} is lost: its worker is killed and its outcome dropped.")]
    private static partial void Lost(ILogger logger, Guid run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No heartbeat for {Count} runs: the database did not answer.")]
    private static partial void NoHeartbeat(ILogger logger, Exception exception, int count);

    private sealed class Held(Leases leases, RunKey key, Action onLost, DateTimeOffset until) : IDisposable
    {
        public RunKey Key => key;

        public DateTimeOffset Until { get; set; } = until;

        public void OnLost() => onLost();

        public void Dispose() => leases._held.TryRemove(KeyValuePair.Create(key, this));
    }
}
