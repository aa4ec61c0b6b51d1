using Agency.Data.Tenancy;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Scheduler.Watching;

/// <summary>
/// Looks for what goes wrong without failing: runs that never end, workflows nobody plans, clients at their limit, a queue that only grows.
/// What it finds is recorded until it is no longer so; what concerns a client is also told to people. Safe when several look.
/// </summary>
internal sealed partial class Watchdog(
    AgencyDatabase database, IWakeUps wakeUps, IOptions<SchedulerOptions> options, TimeProvider time, ILogger<Watchdog> logger)
{
    /// <summary>How long a client's runs may wait at its own limit.</summary>
    public static readonly TimeSpan PatienceAtCap = TimeSpan.FromHours(1);

    /// <summary>How late a due workflow may be planned.</summary>
    public static readonly TimeSpan PatienceWithPlanning = TimeSpan.FromMinutes(5);

    /// <summary>How far an attempt may exceed its time limit, beyond the time in which its worker is killed.</summary>
    public static readonly TimeSpan PatienceWithAttempts = TimeSpan.FromMinutes(2);

    private readonly ILogger _logger = logger;

    /// <summary>Returns how many findings are new.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var tryLock = new NpgsqlCommand(WatchSql.TryLock, connection))
        {
            if (await tryLock.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return 0;
            }
        }

        var now = time.GetUtcNow();
        var found = await RecordAsync(connection, now, cancellationToken);
        await using (var rest = connection.CreateBatch())
        {
            rest.BatchCommands.Add(new NpgsqlBatchCommand(WatchSql.Close) { Parameters = { new() { Value = now } } });
            rest.BatchCommands.Add(new NpgsqlBatchCommand(WatchSql.PullForward) { Parameters = { new() { Value = now } } });
            if (found.Any(f => f.Company is not null))
            {
                rest.BatchCommands.Add(Notify([.. found.Where(f => f.Company is not null)], now));
            }

            await rest.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        foreach (var (kind, company, subject, message) in found)
        {
            Noticed(_logger, kind, company ?? "all clients", subject, message);
        }

        if (found.Count > 0)
        {
            await wakeUps.PublishAsync(Topics.Notifications, cancellationToken);
            await wakeUps.PublishAsync(Topics.Changes, cancellationToken);
        }

        return found.Count;
    }

    private async Task<List<(string Kind, string? Company, string Subject, string Message)>> RecordAsync(
        NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(WatchSql.Record, connection)
        {
            Parameters =
            {
                new() { Value = now },
                new() { Value = options.Value.QueueAlertAfter },
                new() { Value = PatienceAtCap },
                new() { Value = PatienceWithPlanning },
                new() { Value = PatienceWithAttempts + options.Value.KillAfter },
            },
        };
        var found = new List<(string, string?, string, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add((reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        }

        return found;
    }

    private static NpgsqlBatchCommand Notify(List<(string Kind, string? Company, string Subject, string Message)> found, DateTimeOffset now) => new(WatchSql.Notify)
    {
        Parameters =
        {
            new() { Value = now },
            new() { Value = found.Select(f => f.Company!).ToArray() },
            new() { Value = found.Select(_ => Guid.CreateVersion7(now)).ToArray() },
            new() { Value = found.Select(f => $"{f.Company}: {f.Kind.Replace('_', ' ')}{(f.Subject.Length == 0 ? "" : $" '{f.Subject}'")}").ToArray() },
            new() { Value = found.Select(f => f.Message).ToArray() },
        },
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} ({Company} {Subject}): {Finding}")]
    private static partial void Noticed(ILogger logger, string kind, string company, string subject, string finding);
}
