using Agency.Benchmarks.Measuring;
using Agency.Migrations;

namespace Agency.Benchmarks.AgencyParts;

/// <summary>The agency's tables, and rows for them.</summary>
internal static class AgencySchema
{
    public const int Companies = 100;

    /// <summary>Password of every login role on the benchmark's server.</summary>
    public const string Password = "benchmark";

    /// <summary>Whether something is not over yet: 1 or 0. Counting a queue again and again would cost more than what is measured.</summary>
    public const string OpenRuns = "select (exists (select from agency.queued_run) or exists (select from agency.started_run))::int::bigint";

    private static readonly string[] Services = ["operations", "scheduler", "context", "health"];

    public static Task CreateAsync(BenchmarkDatabase database, CancellationToken cancellationToken) =>
        Migrator.MigrateAsync(
            database.Administrator,
            Services.SelectMany(s => (string[])[$"{s}_agency", $"{s}_tenant"]).ToDictionary(login => login, _ => Password),
            cancellationToken);

    /// <summary>A hundred companies that may run a thousand at once each, and workflows spread evenly over them.</summary>
    /// <param name="database">Where.</param>
    /// <param name="workflows">How many.</param>
    /// <param name="nextRun">When they are due, as SQL over the workflow's number i.</param>
    /// <param name="schedule">Their cron expression, as SQL over i.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <param name="parameters">Of both expressions.</param>
    public static async Task AddWorkflowsAsync(
        BenchmarkDatabase database, int workflows, string nextRun, string schedule, CancellationToken cancellationToken, params object[] parameters)
    {
        await Sql.ExecuteAsync(database.Administrator, $"""
            select agency.ensure_company('c' || i, 'Company ' || i, 'UTC', now()) from generate_series(0, {Companies - 1}) i;
            update agency.company set max_concurrent_runs = 1000;
            """, cancellationToken);
        await Sql.ExecuteAsync(database.Administrator, $"""
            insert into agency.workflow (company_id, workflow_id, type, status, schedule, next_run, created_at, updated_at, max_attempts,
                                         retry_initial_seconds, retry_factor, retry_max_seconds, timeout_seconds)
            select 'c' || i % {Companies}, 'w' || i / {Companies}, 'benchmark', 'active', {schedule}, {nextRun}, now() - interval '30 days', now() - interval '30 days',
                   3, 30, 2, 3600, 60
            from generate_series(0, {workflows - 1}) i
            on conflict (company_id, workflow_id) do update set next_run = excluded.next_run, schedule = excluded.schedule
            """, cancellationToken, parameters);
    }

    /// <summary>Finished runs of these workflows, a minute apart each, with one event each; ids in the order of time, as they are made.</summary>
    public static async Task AddHistoryAsync(BenchmarkDatabase database, int workflows, int runs, CancellationToken cancellationToken)
    {
        await Sql.ExecuteAsync(database.Administrator, $"""
            set session_replication_role = replica;
            insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at, started_at, finished_at, attempt, fencing,
                                    run_seconds, summary)
            select 'c' || w % {Companies}, (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid,
                   'w' || w / {Companies}, 'scheduled', at, 'succeeded', at, at, at, at, 1, 1, 0.1, 'Done.'
            from (select i, i % {workflows} as w, now() - interval '1 second' * i as at from generate_series({runs}, 1, -1) i) h;
            insert into agency.run_event (company_id, run_id, attempt, at, type, message)
            select company_id, run_id, 1, finished_at, 'succeeded', 'Done.' from agency.run order by created_at
            """, cancellationToken);
        await Sql.ExecuteAsync(database.Administrator, "vacuum (analyze)", cancellationToken);
    }

    /// <summary>Runs that wait, one of each workflow, all in one commit.</summary>
    public static Task QueueRunsAsync(BenchmarkDatabase database, int runs, CancellationToken cancellationToken) =>
        Sql.ExecuteAsync(database.Administrator, $"""
            insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at)
            select 'c' || i % {Companies}, gen_random_uuid(), 'w' || i / {Companies}, 'manual', now(), 'queued', now(), now() from generate_series(0, {runs - 1}) i
            """, cancellationToken);
}
