namespace Agency.Scheduler.Planning;

internal static class PlanningSql
{
    /// <summary>
    /// $1 now, $2 at most so many, $3 the open run states. "No key update" leaves those undisturbed who insert a run of the workflow.
    /// </summary>
    public const string LockDue = """
        select w.company_id, w.workflow_id, w.next_run, w.schedule, coalesce(w.time_zone, c.time_zone), greatest(w.created_at, w.updated_at),
               exists (select from run r where r.company_id = w.company_id and r.workflow_id = w.workflow_id and r.status = any($3)
                       and r.status in ('queued', 'running', 'waiting'))
        from workflow w join company c on c.company_id = w.company_id
        where w.status = 'active' and w.deleted_at is null and w.next_run is not null and w.next_run <= $1 and c.status = 'active'
        order by w.next_run
        limit $2
        for no key update of w skip locked
        """;

    /// <summary>$1 now. What is due already and was not planned is another planner's, or belongs to an archived company.</summary>
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

    /// <summary>A skipped row is finished when it is written.</summary>
    public const string InsertRuns = """
        insert into run (company_id, run_id, workflow_id, trigger, scheduled_for, status, skip_reason, occurrences, scheduled_until, trace_parent,
                         available_at, created_at, finished_at)
        select company_id, run_id, workflow_id, trigger, scheduled_for, status, skip_reason, occurrences, scheduled_until, trace_parent,
               $11, $11, case when skip_reason is not null then $11 end
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as u
            (company_id, run_id, workflow_id, trigger, scheduled_for, status, skip_reason, occurrences, scheduled_until, trace_parent)
        on conflict do nothing
        """;
}
