using System.Globalization;
using Agency.Benchmarks.Measuring;
using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;

namespace Agency.Benchmarks.Contenders;

/// <summary>Hangfire on PostgreSQL.</summary>
internal sealed class HangfireContender(int jobs) : IContender
{
    private const int Workers = 20;
    private const string Template = "template";

    public string Name => "hangfire";

    public string Description => $"Hangfire 1.8.25 with Hangfire.PostgreSql 1.21.1: {Workers} workers, long polling, schedule polled every second";

    public bool KeepsHistory => true;

    public int DueJobs => jobs;

    public int BacklogJobs => jobs;

    public bool IsSlow => true;

    public Task CreateSchemaAsync(BenchmarkDatabase database, CancellationToken cancellationToken)
    {
        // Its first use makes the tables.
        Storage(database).GetConnection().Dispose();
        return Task.CompletedTask;
    }

    public async Task FillHistoryAsync(BenchmarkDatabase database, int runs, CancellationToken cancellationToken)
    {
        var storage = Storage(database);
        var id = new BackgroundJobClient(storage).Create(() => NoOp(), new Hangfire.States.SucceededState(null, 1, 1));
        await Sql.ExecuteAsync(database.Administrator, "set session_replication_role = replica; update hangfire.job set expireat = now() + interval '1 day'", cancellationToken);
        await Rows.CopyAsync(database, "hangfire.job", $"r.id = {id}", "'id', r.id + i, 'stateid', r.stateid + i", runs - 1, cancellationToken);
        await Rows.CopyAsync(database, "hangfire.state", $"r.jobid = {id}", "'id', r.id + i, 'jobid', r.jobid + i", runs - 1, cancellationToken);
        await MoveSequencesAsync(database, cancellationToken);
        await Sql.ExecuteAsync(database.Administrator, "vacuum (analyze)", cancellationToken);
    }

    public async Task<double> DueAtOnceAsync(BenchmarkDatabase database, int count, CancellationToken cancellationToken)
    {
        var log = StartLog.Current = new StartLog(count);
        var storage = Storage(database);
        var due = DueInstant.After(TimeSpan.FromSeconds(3));
        new RecurringJobManager(storage).AddOrUpdate(Template, () => NoOp(), due.Utc.ToString("s m H d M '*'", CultureInfo.InvariantCulture));
        const string key = "'recurring-job:" + Template + "'";
        await Rows.CopyAsync(
            database, "hangfire.set", "r.key = 'recurring-jobs'", $"'id', r.id + i, 'value', '{Template}' || i", count - 1, cancellationToken);
        await Rows.CopyAsync(
            database, "hangfire.hash", $"r.key = {key}", $"'id', r.id + i * 100, 'key', r.key || i", count - 1, cancellationToken);
        await MoveSequencesAsync(database, cancellationToken);
        using var server = Server(storage);
        await log.WaitAsync(cancellationToken);
        log.Verify();
        return due.SecondsTo(log.Last);
    }

    public async Task<double> BacklogAsync(BenchmarkDatabase database, int count, CancellationToken cancellationToken)
    {
        var log = StartLog.Current = new StartLog(count);
        var storage = Storage(database);
        if (count == 0)
        {
            using var idle = Server(storage);
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            return 0;
        }

        var id = new BackgroundJobClient(storage).Create(() => NoOp(), new Hangfire.States.EnqueuedState());
        foreach (var (table, where, changed) in ((string, string, string)[])
            [
                ("hangfire.job", $"r.id = {id}", "'id', r.id + i, 'stateid', r.stateid + i"),
                ("hangfire.state", $"r.jobid = {id}", "'id', r.id + i, 'jobid', r.jobid + i"),
                ("hangfire.jobparameter", $"r.jobid = {id}", "'id', r.id + i * 10, 'jobid', r.jobid + i"),
                ("hangfire.jobqueue", $"r.jobid = {id}", "'id', r.id + i, 'jobid', r.jobid + i"),
            ])
        {
            await Rows.CopyAsync(database, table, where, changed, count - 1, cancellationToken);
        }

        await MoveSequencesAsync(database, cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        using var server = Server(storage);
        await log.WaitAsync(cancellationToken);
        await Sql.UntilZeroAsync(
            database.Administrator, $"select count(*) from hangfire.job where id >= {id} and statename <> 'Succeeded'", TimeSpan.FromMinutes(1), cancellationToken);
        log.Verify();
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>The job; public because Hangfire asks for it.</summary>
    public static void NoOp() => StartLog.Current!.Started();

    /// <summary>Copied rows have taken numbers that the sequences do not know of.</summary>
    private static Task MoveSequencesAsync(BenchmarkDatabase database, CancellationToken cancellationToken) =>
        Sql.ExecuteAsync(database.Administrator, """
            select setval(pg_get_serial_sequence('hangfire.job', 'id'), (select coalesce(max(id), 0) + 1 from hangfire.job));
            select setval(pg_get_serial_sequence('hangfire.state', 'id'), (select coalesce(max(id), 0) + 1 from hangfire.state));
            select setval(pg_get_serial_sequence('hangfire.jobparameter', 'id'), (select coalesce(max(id), 0) + 1 from hangfire.jobparameter));
            select setval(pg_get_serial_sequence('hangfire.jobqueue', 'id'), (select coalesce(max(id), 0) + 1 from hangfire.jobqueue));
            select setval(pg_get_serial_sequence('hangfire.set', 'id'), (select coalesce(max(id), 0) + 1 from hangfire.set));
            select setval(pg_get_serial_sequence('hangfire.hash', 'id'), (select coalesce(max(id), 0) + 1 from hangfire.hash))
            """, cancellationToken);

    private static PostgreSqlStorage Storage(BenchmarkDatabase database)
    {
        var options = new PostgreSqlStorageOptions
        {
            QueuePollInterval = TimeSpan.FromMilliseconds(100),
            EnableLongPolling = true,
            UseSlidingInvisibilityTimeout = true,
        };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(database.Pooled(Workers + 20), options), options);
    }

    private static BackgroundJobServer Server(PostgreSqlStorage storage) => new(
        new BackgroundJobServerOptions
        {
            WorkerCount = Workers,
            SchedulePollingInterval = TimeSpan.FromSeconds(1),
            ShutdownTimeout = TimeSpan.FromSeconds(1),
        },
        storage);
}
