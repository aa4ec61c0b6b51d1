namespace Agency.Scheduler.Dispatch;

internal static class ClaimSql
{
    /// <summary>One claim at a time, or two schedulers would each fill a company's last place. A claim takes milliseconds.</summary>
    public const string Serialize = "select pg_advisory_xact_lock(hashtext('agency claim'))";

    /// <summary>
    /// $1 now, $2 at most so many, $3 from states, $4 to state, $5 owner, $6 lease until. Each company's runs queue up behind those it has
    /// running; the companies are served by the length of that line, divided by weight.
    /// </summary>
    public const string Claim = """
        with running as (
            select company_id, count(*) as runs from run where status = 'running' group by company_id
        ), ranked as (
            select r.company_id, r.run_id, r.available_at, c.weight, c.max_concurrent_runs,
                   coalesce(n.runs, 0) + row_number() over (partition by r.company_id order by r.available_at, r.run_id) as place
            from run r
            join company c on c.company_id = r.company_id and c.status = 'active'
            join workflow w on w.company_id = r.company_id and w.workflow_id = r.workflow_id and w.deleted_at is null
            left join running n on n.company_id = r.company_id
            where r.status = 'queued' and r.status = any($3) and r.available_at <= $1
        ), chosen as (
            select company_id, run_id from ranked
            where place <= max_concurrent_runs
            order by place::float8 / weight, available_at, run_id
            limit $2
        ), locked as (
            select r.company_id, r.run_id from run r
            join chosen h on h.company_id = r.company_id and h.run_id = r.run_id
            where r.status = any($3)
            for no key update of r skip locked
        )
        update run r
        set status = $4, attempt = r.attempt + 1, fencing = r.fencing + 1, lease_owner = $5, lease_until = $6,
            started_at = coalesce(r.started_at, $1)
        from locked l, workflow w, company c
        where r.company_id = l.company_id and r.run_id = l.run_id
          and w.company_id = r.company_id and w.workflow_id = r.workflow_id and c.company_id = r.company_id
        returning r.company_id, r.run_id, r.fencing, r.attempt, r.workflow_id, r.scheduled_for, r.trace_parent,
                  coalesce(r.inputs, w.inputs), w.type, w.timeout_seconds, c.name
        """;

    /// <summary>$1 companies, $2 runs, $3 fencing numbers, $4 owner, $5 lease until. Returns the runs that are still the owner's.</summary>
    public const string Heartbeat = """
        update run r set lease_until = $5
        from unnest($1, $2, $3) as u (company_id, run_id, fencing)
        where r.company_id = u.company_id and r.run_id = u.run_id and r.fencing = u.fencing and r.lease_owner = $4 and r.status = 'running'
        returning r.run_id
        """;

    /// <summary>$1 now, $2 at most so many.</summary>
    public const string Expired = """
        select company_id, run_id, fencing, lease_owner from run
        where status = 'running' and lease_until < $1
        order by lease_until
        limit $2
        """;

    /// <summary>$1 now, $2 from states, $3 to state. Runs that wait for a client or a workflow that is gone.</summary>
    public const string CancelAbandoned = """
        with cancelled as (
            update run r set status = $3, finished_at = $1, error_kind = 'cancelled', error_message = u.reason
            from (
                select r.company_id, r.run_id,
                       case when w.deleted_at is not null then 'The workflow was deleted.' else 'The client was archived.' end as reason
                from run r
                join workflow w on w.company_id = r.company_id and w.workflow_id = r.workflow_id
                join company c on c.company_id = r.company_id
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
    public const string QueueDepth = "select count(*) from run where status = 'queued' and available_at <= $1";
}
