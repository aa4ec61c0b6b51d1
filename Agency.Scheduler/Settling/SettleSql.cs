namespace Agency.Scheduler.Settling;

internal static class SettleSql
{
    /// <summary>
    /// All that follows from a success, which is decided by nothing but the hold. $1 companies, $2 runs, $3 fencing numbers, $4 owners, $5 run
    /// seconds, $6 tool calls, $7 summaries, $8 to state, $9 now. Workflows are locked in one order everywhere, or two batches with runs of the
    /// same workflows would wait for each other. Returns the runs that were still their holders', by their place.
    /// </summary>
    public const string Succeed = """
        with ended as (
            update run r set status = $8, lease_owner = null, lease_until = null, run_seconds = r.run_seconds + u.seconds,
                tool_calls = r.tool_calls + u.tool_calls, error_kind = null, error_message = null, summary = u.summary, finished_at = $9
            from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality as u (company_id, run_id, fencing, owner, seconds, tool_calls, summary, n)
            where r.company_id = u.company_id and r.run_id = u.run_id and r.fencing = u.fencing and r.lease_owner = u.owner
            returning u.n, r.company_id, r.run_id, r.workflow_id, r.attempt, r.summary
        ), told as (
            insert into run_event (company_id, run_id, attempt, at, type, message)
            select company_id, run_id, attempt, $9, 'succeeded', summary from ended order by n
        ), locked as materialized (
            select w.company_id, w.workflow_id from workflow w
            where w.failure_count > 0 and exists (select from ended e where e.company_id = w.company_id and e.workflow_id = w.workflow_id)
            order by w.company_id, w.workflow_id
            for no key update
        ), recovered as (
            update workflow w set failure_count = 0 from locked l where w.company_id = l.company_id and w.workflow_id = l.workflow_id
        )
        select n::int, workflow_id, attempt from ended
        """;

    /// <summary>
    /// $1 companies, $2 runs, $3 fencing numbers, $4 owners, $5 only if the lease ends then (null: whatever the lease). Locked in one order
    /// everywhere. What has an owner is running.
    /// </summary>
    public const string Hold = """
        select u.n::int, r.workflow_id, r.attempt, r.scheduled_for, r.started_at, case when r.cancel_requested_at is not null then coalesce(r.cancel_reason, '') end,
               w.status, w.failure_count, w.max_attempts, w.retry_initial_seconds, w.retry_factor, w.retry_max_seconds, w.retry_jitter,
               w.retry_deadline_seconds, w.non_retryable, c.name
        from unnest($1, $2, $3, $4, $5) with ordinality as u (company_id, run_id, fencing, owner, lease_until, n)
        join run r on r.company_id = u.company_id and r.run_id = u.run_id
        join workflow w on w.company_id = r.company_id and w.workflow_id = r.workflow_id
        join company c on c.company_id = r.company_id
        where r.fencing = u.fencing and r.lease_owner = u.owner and (u.lease_until is null or r.lease_until = u.lease_until)
        order by r.company_id, r.workflow_id, r.run_id
        for no key update of w, r
        """;

    /// <summary>
    /// $1 companies, $2 runs, $3 states, $4 run seconds, $5 tool calls, $6 error kinds, $7 error messages, $8 summaries, $9 available at (null
    /// leaves it), $10 finished at, $11 attempts that do not count. All are held: locked, and running.
    /// </summary>
    public const string MoveRuns = """
        update run r set status = u.status, lease_owner = null, lease_until = null, run_seconds = r.run_seconds + u.seconds,
            tool_calls = r.tool_calls + u.tool_calls, error_kind = u.error_kind, error_message = u.error_message, summary = u.summary,
            available_at = coalesce(u.available_at, r.available_at), finished_at = u.finished_at, attempt = r.attempt - u.uncounted
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            as u (company_id, run_id, status, seconds, tool_calls, error_kind, error_message, summary, available_at, finished_at, uncounted)
        where r.company_id = u.company_id and r.run_id = u.run_id
        """;

    /// <summary>$1 companies, $2 runs, $3 attempts, $4 types, $5 messages, $6 at.</summary>
    public const string AddRunEvents = """
        insert into run_event (company_id, run_id, attempt, at, type, message)
        select u.company_id, u.run_id, u.attempt, $6, u.type, u.message
        from unnest($1, $2, $3, $4, $5) with ordinality as u (company_id, run_id, attempt, type, message, n)
        order by u.n
        """;

    /// <summary>$1 companies, $2 runs, $3 fencing numbers, $4 owners, $5 at. Outcomes that came too late, in the histories of their runs; not what was written already and is told again, as when the answer to a commit was lost.</summary>
    public const string AddRefusals = """
        insert into run_event (company_id, run_id, attempt, at, type, message)
        select r.company_id, r.run_id, r.attempt, $5, 'outcome_refused',
               format('An outcome under fencing number %s, of %s, was refused: the run was no longer its.', u.fencing, u.owner)
        from unnest($1, $2, $3, $4) as u (company_id, run_id, fencing, owner)
        cross join lateral (select * from run where company_id = u.company_id and run_id = u.run_id for key share) r
        where not (r.fencing = u.fencing and r.status = 'succeeded')
        """;

    /// <summary>$1 company, $2 workflow, $3 type, $4 message, $5 at.</summary>
    public const string AddWorkflowEvent = "insert into workflow_event (company_id, workflow_id, at, type, message) values ($1, $2, $5, $3, $4)";

    /// <summary>$1 companies, $2 workflows, $3 failures in a row.</summary>
    public const string CountFailures = """
        update workflow w set failure_count = u.failures
        from unnest($1, $2, $3) as u (company_id, workflow_id, failures)
        where w.company_id = u.company_id and w.workflow_id = u.workflow_id
        """;

    /// <summary>$1 company, $2 workflow, $3 to state, $4 from states, $5 message, $6 now.</summary>
    public const string MoveWorkflow = """
        update workflow set status = $3, status_message = $5, updated_at = $6
        where company_id = $1 and workflow_id = $2 and status = any($4)
        """;

    /// <summary>$1 company, $2 escalation, $3 workflow, $4 run, $5 source, $6 reason, $7 status, $8 at. One is enough while it is unresolved.</summary>
    public const string OpenEscalation = """
        insert into escalation (company_id, escalation_id, workflow_id, run_id, source, reason, status, opened_at, opened_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'scheduler')
        on conflict (company_id, workflow_id) where source = 'failures' and status <> 'resolved' do nothing
        """;

    /// <summary>$1 company, $2 notification, $3 kind, $4 subject, $5 body, $6 at.</summary>
    public const string AddNotification = """
        insert into notification (company_id, notification_id, kind, subject, body, created_at) values ($1, $2, $3, $4, $5, $6)
        """;
}
