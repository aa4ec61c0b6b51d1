using Agency.Data.Scheduling;

namespace Agency.Scheduler.Watching;

/// <summary>In all: $1 now. Each look answers with kind, company, subject and message.</summary>
internal static class WatchSql
{
    /// <summary>One watchdog at a time is enough; two would only do the same.</summary>
    public const string TryLock = "select pg_try_advisory_xact_lock(hashtext('agency watchdog'))";

    private static readonly string NotHeld = HoldSql.NotHeld("c.company_id", "$1");

    /// <summary>
    /// $2 patience with the queue, $3 with one client at its limit, $4 with a planner, $5 with an attempt beyond its time limit. What executes or
    /// may execute is little; of the queue only each client's oldest run is read.
    /// </summary>
    private static readonly string Look = $"""
        with executing as materialized (
            select company_id, count(*)::int as runs from started_run where not waiting group by company_id
        ), waiting as materialized (
            select c.company_id, c.name, c.max_concurrent_runs, coalesce(e.runs, 0) as executing, q.available_at as since
            from company c
            left join executing e on e.company_id = c.company_id
            cross join lateral (
                select min(r.available_at) as available_at from queued_run r
                where r.company_id = c.company_id and r.available_at <= $1 - least($2, $3)) q
            where c.status = 'active' and q.available_at is not null and {NotHeld}
        )
        select 'company_at_cap' as kind, company_id, '' as subject,
               format('%s has runs waiting since %s because all %s that it may have at once are executing. Raise its max_concurrent_runs or give its workflows other times.',
                      name, to_char(since at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), max_concurrent_runs) as message
        from waiting where executing >= max_concurrent_runs and since <= $1 - $3
        union all
        select 'queue_grows', null, '',
               format('Runs of %s clients wait for a worker, the longest since %s. Raise Scheduler:Workers or start another scheduler.',
                      count(*), to_char(min(since) at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'))
        from waiting where executing < max_concurrent_runs and since <= $1 - $2
        having count(*) > 0
        union all
        (select 'overdue_workflow', w.company_id, w.workflow_id,
                format('It was due at %s and nobody has planned it. Is a scheduler running, and does its log name the workflow?',
                       to_char(w.next_run at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'))
         from workflow w join company c on c.company_id = w.company_id and c.status = 'active'
         where w.status = 'active' and w.deleted_at is null and w.next_run is not null and w.next_run < $1 - $4 and {NotHeld}
         order by w.next_run limit 500)
        union all
        (select 'stuck_run', r.company_id, r.run_id::text,
                format('Attempt %s of a run of %s executes since %s, longer than the %s s it may. Cancel it with cancel_run, and look at the scheduler %s.',
                       r.attempt, r.workflow_id, to_char(s.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), w.timeout_seconds, r.lease_owner)
         from started_run x
         join run r on r.company_id = x.company_id and r.run_id = x.run_id
         join workflow w on w.company_id = r.company_id and w.workflow_id = r.workflow_id
         cross join lateral (
             select coalesce(max(e.at), r.started_at) as at from run_event e
             where e.company_id = r.company_id and e.run_id = r.run_id and e.attempt = r.attempt and e.type = 'claimed') s
         where r.status = 'running' and s.at < $1 - $5 - make_interval(secs => w.timeout_seconds)
         limit 500)
        """;

    /// <summary>Parameters as of the looks. Answers with those that were not known before.</summary>
    public static readonly string Record = $"""
        with seen as ({Look})
        , recorded as (
            insert into finding (finding_id, kind, company_id, subject, message, opened_at, seen_at)
            select gen_random_uuid(), kind, company_id, subject, message, $1, $1 from seen
            on conflict (kind, company_id, subject) where closed_at is null do update set seen_at = excluded.seen_at, message = excluded.message
            returning kind, company_id, subject, message, opened_at = $1 as is_new
        )
        select kind, company_id, subject, message from recorded where is_new
        """;

    /// <summary>What was not seen any more in this round.</summary>
    public const string Close = "update finding set closed_at = $1 where closed_at is null and seen_at <> $1";

    /// <summary>$2 companies, $3 notifications, $4 subjects, $5 bodies.</summary>
    public const string Notify = """
        insert into notification (company_id, notification_id, kind, subject, body, created_at)
        select company_id, notification_id, 'finding', subject, body, $1
        from unnest($2, $3, $4, $5) as u (company_id, notification_id, subject, body)
        """;

    /// <summary>
    /// A queued run lies no further in the future than its workflow can delay it. One that does was queued under a clock that was wrong, and
    /// would wait for hours after that was set right.
    /// </summary>
    public const string PullForward = """
        with pulled as (
            update run r set available_at = $1
            from (
                select q.company_id, q.run_id
                from queued_run q
                join run r on r.company_id = q.company_id and r.run_id = q.run_id
                join workflow w on w.company_id = q.company_id and w.workflow_id = q.workflow_id
                where r.status = 'queued' and q.available_at > $1 + interval '1 minute' + make_interval(secs => case
                    when q.retried then greatest(w.retry_max_seconds, w.retry_initial_seconds) * (1 + w.retry_jitter)
                    else w.jitter_seconds end)
                limit 1000
                for no key update of r skip locked
            ) u
            where r.company_id = u.company_id and r.run_id = u.run_id
            returning r.company_id, r.run_id, r.attempt
        )
        insert into run_event (company_id, run_id, attempt, at, type, message)
        select company_id, run_id, attempt, $1, 'rescheduled', 'It was to wait longer than its workflow ever makes it: a clock was wrong. It may start now.'
        from pulled
        """;
}
