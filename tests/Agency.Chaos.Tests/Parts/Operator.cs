using System.Collections.Concurrent;
using Agency.Chaos.Tests.Records;
using Agency.Data.Scheduling;
using Npgsql;

namespace Agency.Chaos.Tests.Parts;

/// <summary>
/// What people do meanwhile, written as the agency's tools write it. Each action is repeated until the database has confirmed it, and may be
/// repeated: whether a commit that was not answered happened is not known.
/// </summary>
internal sealed class Operator(ChaosPostgres postgres, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentQueue<ManualRequest> _requests = new();
    private readonly ConcurrentQueue<Stop> _holds = new();
    private readonly ConcurrentQueue<Stop> _pauses = new();

    public IReadOnlyList<ManualRequest> Requests => [.. _requests];

    public IReadOnlyList<Stop> Holds => [.. _holds];

    public IReadOnlyList<Stop> Pauses => [.. _pauses];

    /// <summary>Asks for a run twice with the same key, at the same time.</summary>
    public async Task RunNowAsync(WorkflowFacts workflow)
    {
        var key = Guid.NewGuid().ToString("N");
        _requests.Enqueue(new ManualRequest(workflow.Company, workflow.Workflow, key));
        await Task.WhenAll(InsertAsync(), InsertAsync());

        Task InsertAsync() => ExecuteAsync(
            """
            insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at, idempotency_key, requested_by)
            values ($1, $2, $3, 'manual', clock_timestamp(), 'queued', now(), now(), $4, 'chaos')
            on conflict (company_id, workflow_id, idempotency_key) where idempotency_key is not null do nothing
            """,
            workflow.Company, Guid.CreateVersion7(time.GetUtcNow()), workflow.Workflow, key);
    }

    public async Task PauseAsync(WorkflowFacts workflow, TimeSpan duration)
    {
        await ExecuteAsync("update agency.workflow set status = 'paused' where company_id = $1 and workflow_id = $2 and status = 'active'", workflow.Company, workflow.Workflow);
        var from = await ClockAsync();
        await Task.Delay(duration, time);
        var to = await ClockAsync();
        await ResumeAsync(workflow, "paused");
        _pauses.Enqueue(new Stop(workflow.Company, workflow.Workflow, from, to));
    }

    /// <summary>Resolves every escalation that failures have opened.</summary>
    public async Task ResumeEscalatedAsync(IEnumerable<WorkflowFacts> workflows)
    {
        foreach (var workflow in workflows)
        {
            await ResumeAsync(workflow, "escalated");
        }
    }

    public async Task CancelOneAsync(string company) => await ExecuteAsync(
        """
        update agency.run set cancel_requested_at = now(), cancel_reason = 'chaos'
        where (company_id, run_id) = (
            select company_id, run_id from agency.run
            where company_id = $1 and status in ('queued', 'running', 'waiting') and cancel_requested_at is null
            order by status desc, run_id limit 1)
        and status in ('queued', 'running', 'waiting') and cancel_requested_at is null
        """,
        company);

    /// <param name="company">The client; null holds everyone.</param>
    /// <param name="duration">How long.</param>
    public async Task HoldAsync(string? company, TimeSpan duration)
    {
        var id = Guid.NewGuid();
        await ExecuteAsync(
            """
            insert into agency.work_hold (hold_id, company_id, kind, starts_at, reason, created_by, created_at)
            values ($1, $2, 'pause', now(), 'chaos', 'chaos', now()) on conflict do nothing
            """,
            id, (object?)company ?? DBNull.Value);

        // As the tool does before it answers.
        await ExecuteAsync(HoldSql.LockClaims);
        var from = await ClockAsync();
        await Task.Delay(duration, time);
        var to = await ClockAsync();
        await ExecuteAsync("update agency.work_hold set ends_at = now(), lifted_by = 'chaos' where hold_id = $1", id);
        _holds.Enqueue(new Stop(company, null, from, to));
    }

    /// <summary>Ends the backend of every session of a scheduler.</summary>
    public Task DropConnectionsAsync(string scheduler) =>
        ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name like $1", scheduler + ".%");

    /// <summary>The database's clock.</summary>
    public async Task<DateTimeOffset> ClockAsync() => new((await ScalarAsync<DateTime>("select clock_timestamp()"))!);

    public async Task ExecuteAsync(string sql, params object[] parameters) => await ScalarAsync<object>(sql, parameters);

    public async Task<T?> ScalarAsync<T>(string sql, params object[] parameters)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(postgres.AdminConnectionString);
                await connection.OpenAsync();
                await using var command = new NpgsqlCommand(sql, connection);
                foreach (var parameter in parameters)
                {
                    command.Parameters.AddWithValue(parameter);
                }

                return await command.ExecuteScalarAsync() is T value ? value : default;
            }
            catch (NpgsqlException e) when ((e.IsTransient || e is not PostgresException || e.SqlState is "57P01" or "57P02" or "57P03") && time.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(Pause, time);
            }
        }
    }

    /// <summary>As the tool does it: the schedule goes on, what came due while it stood is the planner's to skip.</summary>
    private Task ResumeAsync(WorkflowFacts workflow, string from) => ExecuteAsync(
        """
        with resolved as (
            update agency.escalation set status = 'resolved', resolved_at = now(), resolved_by = 'chaos', resolution = 'chaos'
            where company_id = $1 and workflow_id = $2 and source = 'failures' and status <> 'resolved' and $3 = 'escalated'
        )
        update agency.workflow
        set status = 'active', active_since = now(), failure_count = case when $3 = 'escalated' then 0 else failure_count end
        where company_id = $1 and workflow_id = $2 and status = $3
        """,
        workflow.Company, workflow.Workflow, from);
}
