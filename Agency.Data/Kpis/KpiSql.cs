namespace Agency.Data.Kpis;

/// <summary>
/// One statement per kind of figure, for any number of slices at once. A slice is a company and a stretch of time: the companies of an
/// overview, the days of a chart, or just one. Parameters: $1 companies, $2 begins, $3 ends; the answer has a row for each, by its number.
/// </summary>
internal static class KpiSql
{
    private const string Slices = "unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) with ordinality as p(company_id, period_from, period_to, slice)";

    /// <summary>
    /// The runs of a slice with the time that counts for each. What is executed long after its scheduled time because someone asked for it afterwards
    /// (an import's past occurrence, a backfill) belongs to when it was asked for: a period that is over keeps its figures. Two queries, so that
    /// each has its index.
    /// </summary>
    private const string RunsOfPeriod = """
        (
            select r.*, r.scheduled_for as counts_at from run r
            where r.company_id = p.company_id and r.scheduled_for >= p.period_from and r.scheduled_for < p.period_to
              and r.trigger not in ('catch_up', 'backfill')
            union all
            select r.*, r.created_at from run r
            where r.company_id = p.company_id and r.created_at >= p.period_from and r.created_at < p.period_to
              and r.trigger in ('catch_up', 'backfill')
        ) r
        """;

    private const string Figures = """
        coalesce(sum(r.occurrences) filter (where x.planned), 0)::bigint as due,
        count(*) filter (where x.planned and r.status = 'succeeded') as succeeded,
        count(*) filter (where x.planned and r.status = 'failed') as failed,
        coalesce(sum(r.occurrences) filter (where x.planned and r.status = 'skipped'), 0)::bigint as skipped,
        count(*) filter (where x.planned and r.status = 'cancelled') as cancelled,
        count(*) filter (where x.planned and x.open) as open,
        count(*) filter (where not x.planned) as manual_total,
        count(*) filter (where not x.planned and r.status = 'succeeded') as manual_succeeded,
        count(*) filter (where not x.planned and r.status = 'failed') as manual_failed,
        count(*) filter (where not x.planned and r.status = 'cancelled') as manual_cancelled,
        count(*) filter (where not x.planned and x.open) as manual_open,
        count(*) filter (where x.planned and r.status = 'succeeded' and r.finished_at <= x.deadline) as sla_met,
        coalesce(sum(r.occurrences) filter (where x.planned and (r.status in ('failed', 'skipped')
            or (r.status = 'succeeded' and r.finished_at > x.deadline) or (x.open and $4 > x.deadline))), 0)::bigint as sla_breached,
        count(*) filter (where x.planned and x.open and $4 <= x.deadline) as sla_pending,
        coalesce(sum(r.run_seconds::numeric), 0) as run_seconds,
        avg(r.run_seconds) filter (where x.ended) as mean_run_seconds,
        percentile_cont(0.5) within group (order by r.run_seconds) filter (where x.ended) as median_run_seconds,
        percentile_cont(0.95) within group (order by r.run_seconds) filter (where x.ended) as p95_run_seconds,
        coalesce(sum(r.attempt), 0)::bigint as attempts,
        (avg(r.attempt) filter (where x.ended))::double precision as mean_attempts,
        coalesce(sum(r.tool_calls), 0)::bigint as tool_calls,
        coalesce(sum(r.tokens), 0)::bigint as tokens
        """;

    private const string RunsOfSlice = $"""
        from {RunsOfPeriod}
        join workflow w on w.company_id = r.company_id and w.workflow_id = r.workflow_id
        left join company_terms c on c.company_id = r.company_id
        cross join lateral (
            select r.trigger not in ('manual', 'backfill') as planned,
                   r.status in ('queued', 'running', 'waiting') as open,
                   r.status in ('succeeded', 'failed') as ended,
                   r.counts_at + make_interval(mins => coalesce(w.sla_minutes, c.sla_minutes, $5)) as deadline) x
        """;

    /// <summary>$4 now; $5 the minutes owed where neither workflow nor terms say.</summary>
    public const string Runs = $"""
        select p.slice, t.*
        from {Slices}
        cross join lateral (select {Figures} {RunsOfSlice}) t
        order by p.slice
        """;

    /// <summary>The same by workflow: a row for each that has runs in the slice. Parameters as of <see cref="Runs"/>.</summary>
    public const string RunsByWorkflow = $"""
        select p.slice, t.*
        from {Slices}
        cross join lateral (select r.workflow_id, {Figures} {RunsOfSlice} group by r.workflow_id) t
        order by p.slice, t.workflow_id
        """;

    public const string Skips = $"""
        select p.slice, r.skip_reason, sum(r.occurrences)::bigint
        from {Slices}
        cross join lateral {RunsOfPeriod}
        where r.status = 'skipped' and r.trigger not in ('manual', 'backfill')
        group by p.slice, r.skip_reason
        order by p.slice, r.skip_reason
        """;

    public const string Escalations = $"""
        select p.slice, t.*
        from {Slices}
        cross join lateral (
            select count(*) filter (where x.opened) as opened,
                   count(*) filter (where e.status <> 'resolved') as unresolved,
                   (avg(extract(epoch from e.acknowledged_at - e.opened_at)) filter (where x.opened))::double precision as to_acknowledge,
                   (avg(extract(epoch from e.resolved_at - e.opened_at)) filter (where x.opened))::double precision as to_resolve
            from escalation e
            cross join lateral (select e.opened_at >= p.period_from and e.opened_at < p.period_to as opened) x
            where e.company_id = p.company_id) t
        order by p.slice
        """;
}
