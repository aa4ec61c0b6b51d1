using Agency.Data.Scheduling;

namespace Agency.Scheduler.Planning;

internal static class PlanningSql
{
    /// <summary>
    /// $1 now, $2 at most so many. "No key update" leaves those undisturbed who insert a run of the workflow. Held work is planned when the hold
    /// ends; the catch-up rule decides then.
    /// </summary>
    public static readonly string LockDue = $"""
        select w.company_id, w.workflow_id, w.next_run, w.schedule, coalesce(w.time_zone, c.time_zone), w.start_at, w.end_at, w.dst_gap, w.dst_overlap,
               w.observe_calendar and exists (select from excluded_date d where d.company_id = w.company_id),
               coalesce(w.schedule_set_at, w.created_at), w.active_since, w.jitter_seconds, w.priority, w.catch_up, w.catch_up_window_minutes, w.overlap
        from workflow w
        join company c on c.company_id = w.company_id
        where w.status = 'active' and w.deleted_at is null and w.next_run is not null and w.next_run <= $1 and c.status = 'active'
          and {HoldSql.NotHeld("w.company_id", "$1")}
        order by w.next_run
        limit $2
        for no key update of w skip locked
        """;

    /// <summary>
    /// $1 companies, $2 workflows. Their runs that are open, and how many of those wait to begin. Asked for once they are locked: a statement that
    /// locks them sees no runs that another planner has added since it began.
    /// </summary>
    public const string OpenRuns = """
        select u.n::int, q.waiting + q.retried + s.started, q.waiting
        from unnest($1, $2) with ordinality as u (company_id, workflow_id, n)
        cross join lateral (
            select (count(*) filter (where not r.retried))::int as waiting, (count(*) filter (where r.retried))::int as retried
            from queued_run r where r.company_id = u.company_id and r.workflow_id = u.workflow_id) q
        cross join lateral (
            select count(*)::int as started from started_run r where r.company_id = u.company_id and r.workflow_id = u.workflow_id) s
        where q.waiting + q.retried + s.started > 0
        """;

    /// <summary>$1 companies, $2 from date. Days on which their schedules are not due.</summary>
    public const string ExcludedDates = "select company_id, date, name from excluded_date where company_id = any($1) and date >= $2";

    /// <summary>$1 now, $2 from. Holds that have ended since then.</summary>
    public const string EndedHolds = "select company_id, starts_at, ends_at from work_hold where ends_at <= $1 and ends_at > $2";

    /// <summary>$1 now. What is due already and was not planned is another planner's, is held, or belongs to an archived company.</summary>
    public const string NextDue = "select min(next_run) from workflow where status = 'active' and deleted_at is null and next_run > $1";

    public const string MoveNextRuns = """
        update workflow w set next_run = u.next_run, status_message = coalesce(u.fault, w.status_message)
        from unnest($1, $2, $3, $4) as u (company_id, workflow_id, next_run, fault)
        where w.company_id = u.company_id and w.workflow_id = u.workflow_id
        """;

    public const string RecordFaults = """
        insert into workflow_event (company_id, workflow_id, at, type, message)
        select company_id, workflow_id, $4, 'unplannable', fault from unnest($1, $2, $3) as u (company_id, workflow_id, fault)
        """;

    /// <summary>
    /// $1 companies, $2 workflows, $3 now, $4 open states. Their open runs are to end; who executes them does it. The run's own state is asked
    /// besides the two tables': of a row that another transaction was writing, PostgreSQL looks at the new version, and at nothing else anew.
    /// </summary>
    public const string CancelOpenRuns = """
        update run r set cancel_requested_at = $3, cancel_reason = 'A later occurrence of the workflow is due: it replaces this one.'
        from unnest($1, $2) as u (company_id, workflow_id)
        cross join lateral (
            select run_id from queued_run q where q.company_id = u.company_id and q.workflow_id = u.workflow_id
            union all
            select run_id from started_run s where s.company_id = u.company_id and s.workflow_id = u.workflow_id) o
        where r.company_id = u.company_id and r.run_id = o.run_id and r.cancel_requested_at is null and r.status = any($4)
        """;

    /// <summary>A skipped row is finished when it is written.</summary>
    public const string InsertRuns = """
        insert into run (company_id, run_id, workflow_id, trigger, scheduled_for, status, skip_reason, occurrences, scheduled_until, trace_parent,
                         available_at, priority, created_at, finished_at)
        select company_id, run_id, workflow_id, trigger, scheduled_for, status, skip_reason, occurrences, scheduled_until, trace_parent,
               available_at, priority, $13, case when skip_reason is not null then $13 end
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as u
            (company_id, run_id, workflow_id, trigger, scheduled_for, status, skip_reason, occurrences, scheduled_until, trace_parent, available_at, priority)
        on conflict do nothing
        """;
}
