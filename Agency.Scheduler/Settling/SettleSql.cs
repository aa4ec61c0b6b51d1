namespace Agency.Scheduler.Settling;

internal static class SettleSql
{
    /// <summary>$1 company, $2 run, $3 fencing, $4 owner, $5 only if the lease ended before this instant (null: whatever the lease).</summary>
    public const string Hold = """
        select r.workflow_id, r.attempt, r.scheduled_for, w.status, w.failure_count, w.max_attempts,
               w.retry_initial_seconds, w.retry_factor, w.retry_max_seconds, c.name
        from run r
        join workflow w on w.company_id = r.company_id and w.workflow_id = r.workflow_id
        join company c on c.company_id = r.company_id
        where r.company_id = $1 and r.run_id = $2 and r.fencing = $3 and r.lease_owner = $4 and r.status = 'running'
          and ($5::timestamptz is null or r.lease_until < $5)
        for no key update of r, w
        """;

    /// <summary>
    /// $1 company, $2 run, $3 to state, $4 from states, $5 run seconds, $6 tool calls, $7 error kind, $8 error message, $9 summary,
    /// $10 available at (null leaves it), $11 finished at, $12 attempts that do not count.
    /// </summary>
    public const string MoveRun = """
        update run set status = $3, lease_owner = null, lease_until = null, run_seconds = run_seconds + $5, tool_calls = tool_calls + $6,
            error_kind = $7, error_message = $8, summary = $9, available_at = coalesce($10, available_at), finished_at = $11,
            attempt = attempt - $12
        where company_id = $1 and run_id = $2 and status = any($4)
        """;

    /// <summary>$1 company, $2 run, $3 attempt, $4 at, $5 type, $6 message, $7 data.</summary>
    public const string AddRunEvent = """
        insert into run_event (company_id, run_id, attempt, at, type, message, data) values ($1, $2, $3, $4, $5, $6, $7::jsonb)
        """;

    /// <summary>$1 company, $2 workflow, $3 at, $4 type, $5 message.</summary>
    public const string AddWorkflowEvent = """
        insert into workflow_event (company_id, workflow_id, at, type, message) values ($1, $2, $3, $4, $5)
        """;

    /// <summary>$1 company, $2 workflow, $3 scheduled for, $4 failures in a row.</summary>
    public const string CountOutcome = """
        update workflow set failure_count = $4, last_run = greatest(last_run, $3) where company_id = $1 and workflow_id = $2
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
