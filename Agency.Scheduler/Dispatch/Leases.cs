using System.Collections.Concurrent;
using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Clock;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Scheduler.Dispatch;

/// <summary>
/// The runs this scheduler holds. Heartbeats prolong their leases, all in one statement. Whether a lease still holds is told by this process's
/// own steady clock from before the last heartbeat that the database took: others wait a whole lease, by theirs, from when they saw that
/// heartbeat, so a run is given up here before anybody else can start it, whatever the clocks on the walls say.
/// </summary>
internal sealed partial class Leases(
    AgencyDatabase database, SchedulerIdentity identity, IOptions<SchedulerOptions> options, TimeProvider time, MachineClock machine,
    ILogger<Leases> logger) : IDisposable
{
    private readonly ILogger _logger = logger;
    private readonly ConcurrentDictionary<RunKey, Held> _held = new();
    private readonly SemaphoreSlim _beating = new(1, 1);

    /// <summary>Registers a run until disposed. <paramref name="onLost"/> is called once if the lease is lost.</summary>
    /// <param name="key">The hold.</param>
    /// <param name="since">Timestamp from before the run was claimed.</param>
    /// <param name="onLost">Ends what is done under the hold.</param>
    public IDisposable Hold(RunKey key, long since, Action onLost)
    {
        var held = new Held(this, key, onLost, new Beat(since, machine.Time.GetUtcNow()));
        _held[key] = held;
        return held;
    }

    /// <summary>Whether this process works on a run under that hold.</summary>
    public bool Holds(RunKey key) => _held.ContainsKey(key);

    /// <summary>
    /// Whether the run is certainly this scheduler's at this moment. In doubt, as after the process or the machine stood still, the database is asked.
    /// </summary>
    public async ValueTask<bool> EnsureHeldAsync(RunKey key, CancellationToken cancellationToken)
    {
        if (!_held.TryGetValue(key, out var held))
        {
            return false;
        }

        if (IsCertain(held))
        {
            return true;
        }

        try
        {
            await HeartbeatAsync(cancellationToken);
        }
        catch (TimeoutException)
        {
            // No answer is no hold.
        }

        return _held.ContainsKey(key) && IsCertain(held);
    }

    public async Task HeartbeatAsync(CancellationToken cancellationToken)
    {
        await _beating.WaitAsync(cancellationToken);
        try
        {
            await BeatAsync(cancellationToken);
        }
        finally
        {
            _beating.Release();
        }
    }

    public void Dispose() => _beating.Dispose();

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        var beating = _held.Values.ToArray();
        if (beating.Length == 0)
        {
            return;
        }

        try
        {
            var beat = new Beat(time.GetTimestamp(), machine.Time.GetUtcNow());
            var kept = await ProlongAsync(beating, time.GetUtcNow() + options.Value.Lease, cancellationToken);
            foreach (var held in beating)
            {
                if (!kept.TryGetValue(held.Key.RunId.Value, out var isProlonged) || (!isProlonged && IsAging(held)))
                {
                    Lose(held);
                }
                else if (isProlonged)
                {
                    held.Last = beat;
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            NoHeartbeat(_logger, e, beating.Length);

            // The next heartbeat would come too late to give the run up before another scheduler may take it.
            foreach (var held in beating.Where(IsAging))
            {
                Lose(held);
            }
        }
    }

    /// <summary>By both clocks: the steady one stands still while a machine sleeps, the other one can be set.</summary>
    private bool IsCertain(Held held) =>
        time.GetElapsedTime(held.Last.Timestamp) < options.Value.Lease
        && (machine.Time.GetUtcNow() - held.Last.At) is var wall && wall < options.Value.Lease && wall > -options.Value.Lease;

    private bool IsAging(Held held) => time.GetElapsedTime(held.Last.Timestamp) >= options.Value.Lease * 2 / 3;

    private void Lose(Held held)
    {
        if (_held.TryRemove(KeyValuePair.Create(held.Key, held)))
        {
            Lost(_logger, held.Key.RunId.Value);
            held.OnLost();
        }
    }

    /// <summary>Those that are still this scheduler's, and whether their leases were prolonged.</summary>
    private async Task<Dictionary<Guid, bool>> ProlongAsync(Held[] held, DateTimeOffset until, CancellationToken cancellationToken)
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
        var kept = new Dictionary<Guid, bool>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            kept.Add(reader.GetGuid(0), reader.GetBoolean(1));
        }

        return kept;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of run {Run} is lost: its worker is killed and its outcome dropped.")]
    private static partial void Lost(ILogger logger, Guid run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No heartbeat for {Count} runs: the database did not answer.")]
    private static partial void NoHeartbeat(ILogger logger, Exception exception, int count);

    /// <summary>When the last heartbeat that was taken was sent, by the steady clock and by the one on the wall.</summary>
    private sealed record Beat(long Timestamp, DateTimeOffset At);

    private sealed class Held(Leases leases, RunKey key, Action onLost, Beat last) : IDisposable
    {
        private volatile Beat _last = last;

        public RunKey Key => key;

        public Beat Last
        {
            get => _last;
            set => _last = value;
        }

        public void OnLost() => onLost();

        public void Dispose() => leases._held.TryRemove(KeyValuePair.Create(key, this));
    }
}
