using Agency.Data.Scheduling;

namespace Agency.Scheduler.Dispatch;

internal static class ClaimSql
{
    /// <summary>The queued runs r of company g that may start now, with their workflow w.</summary>
    private const string Startable = """
        from queued_run r
        join workflow w on w.company_id = r.company_id and w.workflow_id = r.workflow_id and w.deleted_at is null
        cross join lateral (
            -- How many of the workflow's runs may start now; null is any number. Unless they may overlap they execute one after the
            -- other, and one between two attempts goes before those due after it. The sets are small and hashed once.
            select case
                when w.overlap = 'allow' and w.max_concurrent_runs is null then null
                when w.overlap = 'allow' then w.max_concurrent_runs - (
                    select count(*) from started_run o where o.company_id = r.company_id and o.workflow_id = r.workflow_id and not o.waiting)
                when (r.company_id, r.workflow_id) in (select company_id, workflow_id from started) then 0
                when (r.company_id, r.workflow_id) in (select company_id, workflow_id from queued_run where retried) and exists (
                    select from queued_run o
                    where o.company_id = r.company_id and o.workflow_id = r.workflow_id and o.retried
                      and (o.scheduled_for, o.run_id) < (r.scheduled_for, r.run_id)) then 0
                else 1 end as places
            offset 0) p
        where r.company_id = g.company_id and r.available_at <= $7 and not r.cancel_requested and (p.places is null or p.places > 0)
        """;

    /// <summary>
    /// $1 now, $2 at most so many, $3 from states, $4 to state, $5 owner, $6 lease until, $7 available by then.
    /// Companies are served by start-time fair queuing: the one furthest behind in virtual time first, a step of virtual time being one run divided
    /// by the weight. One that comes back after a pause begins where the others are, so it waits for nobody's backlog and has saved up nothing. Within a company the higher priority goes first,
    /// then what waited longest. The queue is never sorted: a company's runs are read in the order of their index and no more of them than may
    /// be taken, so a claim costs the same however long the queue is.
    /// </summary>
    public static readonly string Claim = $"""
        with recursive lane as (
            (select company_id, priority from queued_run order by company_id, priority desc limit 1)
            union all
            select n.company_id, n.priority from lane l cross join lateral (
                (select company_id, priority from queued_run
                 where company_id = l.company_id and priority < l.priority order by priority desc limit 1)
                union all
                (select company_id, priority from queued_run where company_id > l.company_id order by company_id, priority desc limit 1)
                limit 1) n
        ), started as materialized (
            -- Read once: what has ended lies between until the table is vacuumed.
            select company_id, workflow_id, waiting from started_run
        ), executing as materialized (
            select company_id, count(*)::int as runs from started where not waiting group by company_id
        ), virtual as materialized (
            -- When the run started last did so.
            select coalesce((select s.virtual_time - 1.0 / c.weight from company_share s join company c on c.company_id = s.company_id
                             order by s.virtual_time desc limit 1), 0) as now
        ), eligible as materialized (
            select c.company_id, c.name, c.weight, q.lanes, s.virtual_time as behind, greatest(v.now, s.virtual_time) as starts,
                   c.max_concurrent_runs - coalesce(e.runs, 0) as room,
                   -- Its share of the places: what others leave unused another claim hands out.
                   ceil(1.0 * $2 * c.weight / sum(c.weight) over ()) as quota
            from (select company_id, array_agg(priority) as lanes from lane group by company_id) q
            join company c on c.company_id = q.company_id and c.status = 'active'
            cross join virtual v
            left join company_share s on s.company_id = c.company_id
            left join executing e on e.company_id = c.company_id
            where c.max_concurrent_runs > coalesce(e.runs, 0)
              and {HoldSql.NotHeld("c.company_id", "$1")}
        ), served as materialized (
            -- As many companies as there are places have their turn before all others. Looking at what a company has waiting costs more than all
            -- else, so it is left as soon as that many have something; unless no company will be left out.
            select * from (select * from eligible order by starts, behind nulls first, company_id offset 0) g
            where $2 >= (select count(*) from eligible) or (
                -- Lane by lane, so that what is not available yet is not read.
                select true from unnest(g.lanes) l (priority) cross join lateral (select {Startable} and r.priority = l.priority order by r.available_at limit 1) s
                limit 1)
            limit $2
        ), candidate as (
            select g.company_id, g.name, g.weight, g.behind, g.starts, g.room, l.priority, q.*
            from served g
            join lane l on l.company_id = g.company_id
            cross join lateral (
                select r.run_id, r.workflow_id, r.available_at, p.places, w.type, w.timeout_seconds, w.inputs
                {Startable} and r.priority = l.priority
                order by r.available_at, r.run_id
                limit least(g.room, g.quota)::int) q
        ), allowed as (
            select *, row_number() over (partition by company_id order by priority desc, available_at, run_id) as place from (
                select *, row_number() over (partition by company_id, workflow_id order by priority desc, available_at, run_id) as turn
                from candidate) c
            where places is null or turn <= places
        ), chosen as (
            select company_id, run_id, name, weight, type, timeout_seconds, inputs, starts + (place - 1) / weight::float8 as starts from allowed
            where place <= room
            order by starts + (place - 1) / weight::float8, behind nulls first, available_at, run_id
            limit $2
        ), claimed as (
            -- No other claim is under way, but somebody may be cancelling the run at this moment.
            update run r
            set status = $4, attempt = r.attempt + 1, fencing = r.fencing + 1, lease_owner = $5, lease_until = $6,
                started_at = coalesce(r.started_at, $1)
            from chosen l
            where r.company_id = l.company_id and r.run_id = l.run_id and r.status = any($3) and r.cancel_requested_at is null
            returning r.company_id, r.run_id, r.fencing, r.attempt, r.workflow_id, r.scheduled_for, r.trace_parent,
                      coalesce(r.inputs, l.inputs), l.type, l.timeout_seconds, l.name, l.starts, l.weight
        ), shares as (
            insert into company_share (company_id, virtual_time)
            select company_id, max(starts + 1 / weight::float8) from claimed group by company_id
            on conflict (company_id) do update set virtual_time = excluded.virtual_time
        )
        select * from claimed order by starts
        """;

    /// <summary>
    /// $1 companies, $2 runs, $3 fencing numbers, $4 owner, $5 lease until. Returns the runs that are still the owner's, and whether their leases
    /// were prolonged: a run that somebody writes at this moment, as at its end, is not waited for, or two who write the same runs would wait
    /// for each other.
    /// </summary>
    public const string Heartbeat = """
        with asked as materialized (
            select r.company_id, r.run_id, r.fencing from unnest($1, $2, $3) as u (company_id, run_id, fencing)
            join run r on r.company_id = u.company_id and r.run_id = u.run_id
            where r.fencing = u.fencing and r.lease_owner = $4 and r.status = 'running'
        ), free as materialized (
            select r.company_id, r.run_id from asked a
            join run r on r.company_id = a.company_id and r.run_id = a.run_id
            where r.fencing = a.fencing and r.lease_owner = $4 and r.status = 'running'
            for no key update of r skip locked
        ), prolonged as (
            update run r set lease_until = $5 from free f where r.company_id = f.company_id and r.run_id = f.run_id returning r.run_id
        )
        select a.run_id, p.run_id is not null from asked a left join prolonged p on p.run_id = a.run_id
        """;

    /// <summary>All that executes, with its lease. Lateral here and below: by the key, whatever the statistics say of tables that fill in a moment.</summary>
    public const string Running = """
        select r.company_id, r.run_id, r.fencing, r.lease_owner, r.lease_until
        from started_run s
        cross join lateral (select * from run r where r.company_id = s.company_id and r.run_id = s.run_id and r.status = 'running' offset 0) r
        """;

    /// <summary>$1 now, $2 from states, $3 to state. Queued runs that someone asked to cancel.</summary>
    public const string CancelRequested = """
        with cancelled as (
            update run r set status = $3, finished_at = $1, error_kind = 'cancelled', error_message = coalesce(r.cancel_reason, 'Cancelled.')
            from (
                select r.company_id, r.run_id
                from (select company_id, run_id from queued_run where cancel_requested order by company_id, run_id limit 1000) q
                cross join lateral (
                    select company_id, run_id from run r
                    where r.company_id = q.company_id and r.run_id = q.run_id and r.status = any($2) and r.status = 'queued'
                    for no key update skip locked) r
            ) u
            where r.company_id = u.company_id and r.run_id = u.run_id
            returning r.company_id, r.run_id, r.attempt, r.error_message
        )
        insert into run_event (company_id, run_id, attempt, at, type, message)
        select company_id, run_id, attempt, $1, 'cancelled', error_message from cancelled
        """;

    /// <summary>$1 owner. Runs of the owner that someone asked to cancel.</summary>
    public const string ToBeEnded = """
        select r.company_id, r.run_id, r.fencing, r.cancel_reason
        from started_run s
        cross join lateral (
            select * from run r
            where r.company_id = s.company_id and r.run_id = s.run_id and r.status = 'running' and r.lease_owner = $1 offset 0) r
        where s.cancel_requested
        """;

    /// <summary>$1 now, $2 from states, $3 to state. Runs that wait for a client or a workflow that is gone.</summary>
    public const string CancelAbandoned = """
        with cancelled as (
            update run r set status = $3, finished_at = $1, error_kind = 'cancelled', error_message = u.reason
            from (
                select r.company_id, r.run_id,
                       case when w.deleted_at is not null then 'The workflow was deleted.' else 'The client was archived.' end as reason
                from queued_run q
                join run r on r.company_id = q.company_id and r.run_id = q.run_id
                join workflow w on w.company_id = q.company_id and w.workflow_id = q.workflow_id
                join company c on c.company_id = q.company_id
                where r.status = 'queued' and r.status = any($2) and (w.deleted_at is not null or c.status <> 'active')
                limit 1000
                for no key update of r skip locked
            ) u
            where r.company_id = u.company_id and r.run_id = u.run_id
            returning r.company_id, r.run_id, r.attempt, u.reason
        )
        insert into run_event (company_id, run_id, attempt, at, type, message)
        select company_id, run_id, attempt, $1, 'cancelled', reason from cancelled
        """;

    /// <summary>$1 now.</summary>
    public const string QueueDepth = "select count(*) from queued_run where available_at <= $1";
}
