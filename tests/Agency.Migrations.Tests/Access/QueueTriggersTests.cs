using Agency.Migrations.Access;
using Agency.Testing;

namespace Agency.Migrations.Tests.Access;

public sealed class QueueTriggersTests(AgencyTestDatabase database) : IClassFixture<AgencyTestDatabase>, IAsyncLifetime
{
    private const string Queue = """
        select coalesce(string_agg(concat_ws(' ', place, workflow_id, flags), ', ' order by place, workflow_id), 'nothing') from (
            select 'queued' as place, workflow_id, concat_ws(' ', priority, to_char(available_at at time zone 'UTC', 'HH24:MI'),
                case when retried then 'retried' end, case when cancel_requested then 'unwanted' end) as flags from agency.queued_run
            union all
            select 'started', workflow_id, nullif(concat_ws(' ', case when waiting then 'waiting' end, case when cancel_requested then 'unwanted' end), '')
            from agency.started_run) q
        """;

    public async ValueTask InitializeAsync()
    {
        await database.ExecuteAsync("select agency.ensure_company('acme', 'Acme', 'UTC', now())");
        await database.ExecuteAsync("""
            insert into agency.workflow (company_id, workflow_id, type, status, created_at, updated_at, max_attempts, retry_initial_seconds, retry_factor,
                                         retry_max_seconds, timeout_seconds)
            select 'acme', w, 't', 'active', now(), now(), 3, 30, 2, 3600, 60 from unnest(array['a', 'b']) w on conflict do nothing
            """);
        await database.ExecuteAsync("truncate agency.run cascade");
        await database.ExecuteAsync("""
            insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, skip_reason, priority, available_at, created_at)
            select 'acme', gen_random_uuid(), w, 'scheduled', '2026-05-04T12:00Z'::timestamptz + n * interval '1 day', case n when 0 then 'queued' else 'skipped' end,
                   case n when 0 then null else 'missed' end, 7, '2026-05-04T12:00Z', now()
            from unnest(array['a', 'b']) w, generate_series(0, 1) n
            """);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Insert_OpenAndFinishedRuns_QueuesTheOpenOnes() => Assert.Equal("queued a 7 12:00, queued b 7 12:00", await QueueAsync());

    [Fact]
    public async Task Update_ThroughARunsLife_FollowsIt()
    {
        await SetAsync("status = 'running', attempt = 1, lease_owner = 's', lease_until = now()");
        Assert.Equal("queued b 7 12:00, started a", await QueueAsync());

        await SetAsync("lease_until = now() + interval '1 minute', cancel_requested_at = now()");
        Assert.Equal("queued b 7 12:00, started a unwanted", await QueueAsync());

        await SetAsync("status = 'queued', lease_owner = null, lease_until = null, available_at = '2026-05-04T12:30Z'");
        Assert.Equal("queued a 7 12:30 retried unwanted, queued b 7 12:00", await QueueAsync());

        await SetAsync("available_at = '2026-05-04T12:10Z', cancel_requested_at = null, priority = 8");
        Assert.Equal("queued a 8 12:10 retried, queued b 7 12:00", await QueueAsync());

        await SetAsync("status = 'waiting'");
        Assert.Equal("queued b 7 12:00, started a waiting", await QueueAsync());

        await SetAsync("status = 'cancelled'");
        Assert.Equal("queued b 7 12:00", await QueueAsync());
    }

    [Theory]
    [InlineData("delete from agency.run where workflow_id = 'a'", "queued b 7 12:00")]
    [InlineData("truncate agency.run cascade", "nothing")]
    public async Task Remove_Runs_RemovesTheirs(string statement, string left)
    {
        await database.ExecuteAsync(statement);
        Assert.Equal(left, await QueueAsync());
    }

    [Fact]
    public async Task Apply_WhereTheTriggersWereMissing_TakesOverWhatWasWrittenMeanwhile()
    {
        await database.ExecuteAsync("drop trigger keep_queue_on on agency.run");
        await SetAsync("status = 'running', lease_owner = 's', lease_until = now()");
        Assert.Equal("queued a 7 12:00, queued b 7 12:00", await QueueAsync());

        await database.ExecuteAsync(QueueTriggers.Sql());

        Assert.Equal("queued b 7 12:00, started a", await QueueAsync());
    }

    [Fact]
    public async Task Write_ByAService_IsRefused()
    {
        await using var connection = await database.As("scheduler").OpenAgencyConnectionAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = "delete from queued_run";

        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync());

        Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    /// <summary>Or each change of a run would write every index of its table: the ADR about the queue says why.</summary>
    [Fact]
    public async Task Indexes_OfRuns_HoldNothingThatChangesWhileOneIsExecuted() => Assert.Null(await database.ScalarAsync<string>("""
        select string_agg(distinct i.indexrelid::regclass || ' (' || a.attname || ')', ', ')
        from pg_index i
        join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = d.refobjsubid
        where i.indrelid = 'agency.run'::regclass and a.attname in (
            'status', 'attempt', 'available_at', 'cancel_requested_at', 'cancel_reason', 'lease_owner', 'lease_until', 'fencing', 'started_at', 'finished_at',
            'run_seconds', 'tool_calls', 'tokens', 'error_kind', 'error_message', 'summary')
        """));

    private Task<string?> QueueAsync() => database.ScalarAsync<string>(Queue);

    private Task SetAsync(string assignments) =>
        database.ExecuteAsync($"update agency.run set {assignments} where workflow_id = 'a' and scheduled_for = '2026-05-04T12:00Z'");
}
