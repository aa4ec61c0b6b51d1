using Agency.Data;

namespace Agency.Migrations.Access;

/// <summary>
/// Keeps <c>queued_run</c> and <c>started_run</c> beside <c>run</c>. Whoever writes a run, and in whatever way, the queue says the same: a
/// statement's rows are taken over together, so it costs little, and no writer can forget it.
/// </summary>
internal static class QueueTriggers
{
    /// <summary>Owns the trigger's function; alone may write the two tables.</summary>
    public const string Role = "agency_queue";

    private const string Schema = AgencyDbContext.Schema;

    public static string Sql() => $"""
        grant select, insert, update, delete on {Schema}.queued_run, {Schema}.started_run to {Role};
        drop policy if exists queue on {Schema}.queued_run;
        drop policy if exists queue on {Schema}.started_run;
        create policy queue on {Schema}.queued_run to {Role} using (true) with check (true);
        create policy queue on {Schema}.started_run to {Role} using (true) with check (true);

        -- The rows are few and known by their keys, whatever the statistics say of tables that are empty now and full in a moment.
        create or replace function {Schema}.keep_queue() returns trigger
        language plpgsql security definer set search_path = pg_catalog, pg_temp
        set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
        begin
            if tg_op = 'TRUNCATE' then
                delete from {Schema}.queued_run;
                delete from {Schema}.started_run;
                return null;
            end if;
            if tg_op <> 'INSERT' then
                delete from {Schema}.queued_run q using changed c
                where (tg_op = 'DELETE' or c.status <> 'queued')
                  and q.company_id = c.company_id and q.workflow_id = c.workflow_id and q.run_id = c.run_id;
                delete from {Schema}.started_run s using changed c
                where (tg_op = 'DELETE' or c.status not in ('running', 'waiting'))
                  and s.company_id = c.company_id and s.workflow_id = c.workflow_id and s.run_id = c.run_id;
            end if;
            if tg_op <> 'DELETE' then
                insert into {Schema}.queued_run as q
                    (company_id, workflow_id, run_id, priority, available_at, scheduled_for, retried, cancel_requested)
                select company_id, workflow_id, run_id, priority, available_at, scheduled_for, attempt > 0, cancel_requested_at is not null
                from changed where status = 'queued'
                on conflict (company_id, workflow_id, run_id) do update
                set priority = excluded.priority, available_at = excluded.available_at, retried = excluded.retried,
                    cancel_requested = excluded.cancel_requested
                where (q.priority, q.available_at, q.retried, q.cancel_requested)
                    is distinct from (excluded.priority, excluded.available_at, excluded.retried, excluded.cancel_requested);
                insert into {Schema}.started_run as s (company_id, workflow_id, run_id, waiting, cancel_requested)
                select company_id, workflow_id, run_id, status = 'waiting', cancel_requested_at is not null
                from changed where status in ('running', 'waiting')
                on conflict (company_id, workflow_id, run_id) do update
                set waiting = excluded.waiting, cancel_requested = excluded.cancel_requested
                where (s.waiting, s.cancel_requested) is distinct from (excluded.waiting, excluded.cancel_requested);
            end if;
            return null;
        end $$;
        alter function {Schema}.keep_queue() owner to {Role};
        revoke all on function {Schema}.keep_queue() from public;
        create or replace trigger keep_queue_in after insert on {Schema}.run referencing new table as changed
            for each statement execute function {Schema}.keep_queue();
        create or replace trigger keep_queue_on after update on {Schema}.run referencing new table as changed
            for each statement execute function {Schema}.keep_queue();
        create or replace trigger keep_queue_out after delete on {Schema}.run referencing old table as changed
            for each statement execute function {Schema}.keep_queue();
        create or replace trigger keep_queue_empty after truncate on {Schema}.run
            for each statement execute function {Schema}.keep_queue();
        """;
}
