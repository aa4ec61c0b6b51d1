namespace Agency.Chaos.Tests.Parts;

/// <summary>
/// Triggers that write down every change of a run's or workflow's state, in the changing transaction: what no scheduler tells of itself. They
/// run as their owner, so that the schedulers need no rights for it.
/// </summary>
internal static class Audit
{
    public const string Sql = """
        create schema chaos;
        create sequence chaos.seq;
        create table chaos.transition (
            seq bigint primary key, at timestamptz not null, statement_at timestamptz not null, transaction_at timestamptz not null, who text not null,
            company_id text not null, run_id uuid not null, workflow_id text not null, trigger text not null,
            scheduled_for timestamptz not null, scheduled_until timestamptz, from_status text, to_status text not null,
            attempt int not null, fencing bigint not null, cancel_requested boolean not null);
        create table chaos.workflow_change (
            seq bigint primary key, at timestamptz not null, who text not null, company_id text not null, workflow_id text not null,
            status_before text not null, status text not null, failures_before int not null, failures int not null);

        create function chaos.run_changed() returns trigger language plpgsql security definer set search_path = chaos as $$
        begin
            insert into chaos.transition values (
                nextval('chaos.seq'), clock_timestamp(), statement_timestamp(), transaction_timestamp(), current_setting('application_name'),
                new.company_id, new.run_id, new.workflow_id, new.trigger, new.scheduled_for, new.scheduled_until,
                case when tg_op = 'UPDATE' then old.status end, new.status, new.attempt, new.fencing, new.cancel_requested_at is not null);
            return null;
        end $$;
        create trigger chaos_run_added after insert on agency.run for each row execute function chaos.run_changed();
        create trigger chaos_run_changed after update on agency.run for each row
            when (old.status is distinct from new.status or old.fencing is distinct from new.fencing
                or old.cancel_requested_at is distinct from new.cancel_requested_at)
            execute function chaos.run_changed();

        create function chaos.workflow_changed() returns trigger language plpgsql security definer set search_path = chaos as $$
        begin
            insert into chaos.workflow_change values (
                nextval('chaos.seq'), clock_timestamp(), current_setting('application_name'), new.company_id, new.workflow_id,
                old.status, new.status, old.failure_count, new.failure_count);
            return null;
        end $$;
        create trigger chaos_workflow_changed after update on agency.workflow for each row
            when (old.status is distinct from new.status or old.failure_count is distinct from new.failure_count)
            execute function chaos.workflow_changed();
        """;
}
