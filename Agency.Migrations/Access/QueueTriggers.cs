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

        -- The rows are few and known by their keys, whatever the statistics say of tables that are empty now and full in a moment. What was queued
        -- is taken out by all that its index holds and put in anew, which is seldom; what was started mostly stays, for every heartbeat comes by.
        create or replace function {Schema}.keep_queue() returns trigger
        language plpgsql security definer set search_path = pg_catalog, pg_temp
        set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
        declare
            was_started boolean := false;
        begin
            if tg_op = 'TRUNCATE' then
                delete from {Schema}.queued_run;
                delete from {Schema}.started_run;
                return null;
            end if;
            if tg_op <> 'INSERT' then
                delete from {Schema}.queued_run q using before b
                where b.status = 'queued'
                  and q.company_id = b.company_id and q.workflow_id = b.workflow_id and q.run_id = b.run_id
                  and q.priority = b.priority and q.available_at = b.available_at;
                was_started := exists (select from before where status in ('running', 'waiting'));
            end if;
            if tg_op = 'DELETE' then
                delete from {Schema}.started_run s using before b
                where b.status in ('running', 'waiting') and s.company_id = b.company_id and s.workflow_id = b.workflow_id and s.run_id = b.run_id;
                return null;
            end if;
            if was_started then
                delete from {Schema}.started_run s using after a
                where a.status not in ('running', 'waiting')
                  and s.company_id = a.company_id and s.workflow_id = a.workflow_id and s.run_id = a.run_id;
                update {Schema}.started_run s set waiting = a.status = 'waiting', cancel_requested = a.cancel_requested_at is not null
                from after a
                where a.status in ('running', 'waiting')
                  and s.company_id = a.company_id and s.workflow_id = a.workflow_id and s.run_id = a.run_id
                  and (s.waiting, s.cancel_requested) is distinct from (a.status = 'waiting', a.cancel_requested_at is not null);
            end if;
            insert into {Schema}.queued_run
                (company_id, workflow_id, run_id, priority, available_at, scheduled_for, retried, cancel_requested)
            select company_id, workflow_id, run_id, priority, available_at, scheduled_for, attempt > 0, cancel_requested_at is not null
            from after where status = 'queued';
            insert into {Schema}.started_run (company_id, workflow_id, run_id, waiting, cancel_requested)
            select company_id, workflow_id, run_id, status = 'waiting', cancel_requested_at is not null
            from after a
            where status in ('running', 'waiting') and not (was_started and exists (
                select from {Schema}.started_run s
                where s.company_id = a.company_id and s.workflow_id = a.workflow_id and s.run_id = a.run_id));
            return null;
        end $$;
        alter function {Schema}.keep_queue() owner to {Role};
        revoke all on function {Schema}.keep_queue() from public;
        -- What was written before there were triggers.
        do $$
        begin
            if not exists (select from pg_trigger where tgrelid = '{Schema}.run'::regclass and tgname = 'keep_queue_on') then
                lock table {Schema}.run in share row exclusive mode;
                delete from {Schema}.queued_run;
                delete from {Schema}.started_run;
                insert into {Schema}.queued_run
                    (company_id, workflow_id, run_id, priority, available_at, scheduled_for, retried, cancel_requested)
                select company_id, workflow_id, run_id, priority, available_at, scheduled_for, attempt > 0, cancel_requested_at is not null
                from {Schema}.run where status = 'queued';
                insert into {Schema}.started_run (company_id, workflow_id, run_id, waiting, cancel_requested)
                select company_id, workflow_id, run_id, status = 'waiting', cancel_requested_at is not null
                from {Schema}.run where status in ('running', 'waiting');
            end if;
        end $$;
        create or replace trigger keep_queue_in after insert on {Schema}.run referencing new table as after
            for each statement execute function {Schema}.keep_queue();
        create or replace trigger keep_queue_on after update on {Schema}.run referencing old table as before new table as after
            for each statement execute function {Schema}.keep_queue();
        create or replace trigger keep_queue_out after delete on {Schema}.run referencing old table as before
            for each statement execute function {Schema}.keep_queue();
        create or replace trigger keep_queue_empty after truncate on {Schema}.run
            for each statement execute function {Schema}.keep_queue();
        """;
}
