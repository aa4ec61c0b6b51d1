using Agency.Benchmarks.Measuring;
using Npgsql;

namespace Agency.Benchmarks.Contenders;

/// <summary>
/// The limit: what a set-based program does on tables that hold nothing but the queue. One statement plans all that is due, eight connections
/// claim a hundred runs each with a lease, and commit their end.
/// </summary>
internal sealed class PlainSql(int jobs) : IContender
{
    private const int Connections = 8;
    private const int Batch = 100;

    private const string Schema = """
        create table workflow (id int primary key, next_run timestamptz not null);
        create index on workflow (next_run);
        create table run (
            id bigint generated always as identity primary key, workflow_id int not null references workflow, scheduled_for timestamptz not null,
            status text not null, available_at timestamptz not null, lease_owner int, lease_until timestamptz, finished_at timestamptz,
            unique (workflow_id, scheduled_for));
        create index on run (available_at, id) where status = 'queued';
        """;

    private const string Plan = """
        with due as (
            select id, next_run from workflow where next_run <= $1 order by next_run for no key update skip locked
        ), moved as (
            update workflow w set next_run = w.next_run + interval '1 day' from due where due.id = w.id
        )
        insert into run (workflow_id, scheduled_for, status, available_at) select id, next_run, 'queued', $1 from due
        """;

    private const string Claim = """
        with chosen as (
            select id from run where status = 'queued' and available_at <= now() order by available_at, id limit $1 for no key update skip locked
        )
        update run r set status = 'running', lease_owner = $2, lease_until = now() + interval '30 s'
        from chosen where chosen.id = r.id
        returning r.id
        """;

    private const string Finish = """
        update run set status = 'done', lease_owner = null, lease_until = null, finished_at = now()
        where id = any($1) and lease_owner = $2 and status = 'running'
        """;

    public string Name => "plain";

    public string Description => $"plain set-based SQL: claims of {Batch} on {Connections} connections";

    public bool KeepsHistory => true;

    public int DueJobs => jobs;

    public int BacklogJobs => jobs;

    public bool IsSlow => false;

    public Task CreateSchemaAsync(BenchmarkDatabase database, CancellationToken cancellationToken) =>
        Sql.ExecuteAsync(database.Administrator, Schema, cancellationToken);

    public async Task FillHistoryAsync(BenchmarkDatabase database, int runs, CancellationToken cancellationToken)
    {
        await Sql.ExecuteAsync(database.Administrator, $"""
            set session_replication_role = replica;
            insert into workflow select i, now() + interval '1 day' from generate_series(1, {jobs}) i;
            insert into run (workflow_id, scheduled_for, status, available_at, finished_at)
            select 1 + i % {jobs}, now() - interval '1 minute' * i, 'done', now() - interval '1 minute' * i, now() - interval '1 minute' * i
            from generate_series({runs}, 1, -1) i
            """, cancellationToken);
        await Sql.ExecuteAsync(database.Administrator, "vacuum (analyze)", cancellationToken);
    }

    public async Task<double> DueAtOnceAsync(BenchmarkDatabase database, int count, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString(database));
        await WarmUpAsync(source, cancellationToken);
        var due = DueInstant.After(TimeSpan.FromSeconds(2));
        await Sql.ExecuteAsync(
            database.Administrator,
            "insert into workflow select i, $2 from generate_series(1, $1) i on conflict (id) do update set next_run = excluded.next_run",
            cancellationToken, count, due.Utc);
        var log = new StartLog(count);
        await due.WaitAsync(cancellationToken);
        await using (var plan = source.CreateCommand(Plan))
        {
            plan.Parameters.AddWithValue(TimeProvider.System.GetUtcNow());
            await plan.ExecuteNonQueryAsync(cancellationToken);
        }

        await DrainAsync(source, log, cancellationToken);
        log.Verify();
        return due.SecondsTo(log.Last);
    }

    public async Task<double> BacklogAsync(BenchmarkDatabase database, int count, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString(database));
        await WarmUpAsync(source, cancellationToken);
        if (count == 0)
        {
            return 0;
        }

        await Sql.ExecuteAsync(database.Administrator, $"""
            insert into workflow select i, now() + interval '1 day' from generate_series(1, {count}) i on conflict do nothing;
            insert into run (workflow_id, scheduled_for, status, available_at) select i, now(), 'queued', now() from generate_series(1, {count}) i
            """, cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        var log = new StartLog(count);
        await DrainAsync(source, log, cancellationToken);
        log.Verify();
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>
    /// The way along the queue's index is right however many rows there are, but fresh statistics say that there are none, and then
    /// PostgreSQL sorts the whole backlog for every claim.
    /// </summary>
    private static string ConnectionString(BenchmarkDatabase database) => new NpgsqlConnectionStringBuilder(database.Pooled(Connections))
    {
        Options = "-c enable_sort=off -c enable_bitmapscan=off -c enable_seqscan=off",
    }.ConnectionString;

    private static async Task WarmUpAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var first = source.CreateCommand("select 1");
        await first.ExecuteNonQueryAsync(cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(owner => ClaimAsync(source, owner, new StartLog(-1), cancellationToken)));
    }

    private static Task DrainAsync(NpgsqlDataSource source, StartLog log, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Connections).Select(owner => Task.Run(() => ClaimAsync(source, owner, log, cancellationToken), cancellationToken)));

    private static async Task ClaimAsync(NpgsqlDataSource source, int owner, StartLog log, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var claim = new NpgsqlCommand(Claim, connection) { Parameters = { new() { Value = Batch }, new() { Value = owner } } };
        await using var finish = new NpgsqlCommand(Finish, connection) { Parameters = { new() { Value = Array.Empty<long>() }, new() { Value = owner } } };
        var claimed = new List<long>(Batch);
        while (true)
        {
            claimed.Clear();
            await using (var reader = await claim.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    claimed.Add(reader.GetInt64(0));
                }
            }

            if (claimed.Count == 0)
            {
                return;
            }

            foreach (var _ in claimed)
            {
                log.Started();
            }

            finish.Parameters[0].Value = claimed.ToArray();
            if (await finish.ExecuteNonQueryAsync(cancellationToken) != claimed.Count)
            {
                throw new InvalidOperationException("A run was not its holder's any more.");
            }
        }
    }
}
