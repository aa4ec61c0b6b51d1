namespace Agency.Scheduler.Workers;

internal static class JournalSql
{
    /// <summary>
    /// Parts of several runs' histories. $1 companies, $2 runs, $3 fencing numbers, $4 owners, $5 attempts, by part; $6 part, $7 at, $8 types,
    /// $9 messages, $10 data, by event; $11 part, $12 ordinals, $13 titles, $14 tools, $15 statuses, $16 started, $17 finished, $18 errors,
    /// $19 results, $20 span ids, by step. Parts count from 1. Returns the parts that are written: all or nothing of each.
    /// </summary>
    /// <remarks>
    /// The lock is shared with other writers of the journal and exclusive with settling: nothing is added to a run that is over. An attempt
    /// that was handed back does not count, so another one has its number and takes its steps' place.
    /// </remarks>
    private const string Template = """
        with held as materialized (
            select p.n, r.company_id, r.run_id, p.attempt
            from unnest($1, $2, $3, $4, $5) with ordinality as p (company_id, run_id, fencing, owner, attempt, n)
            join run r on r.company_id = p.company_id and r.run_id = p.run_id
            where r.fencing = p.fencing and r.lease_owner = p.owner and r.status = 'running'
            for share of r /*wait*/
        ), events as (
            insert into run_event (company_id, run_id, attempt, at, type, message, data)
            select h.company_id, h.run_id, h.attempt, u.at, u.type, u.message, u.data::jsonb
            from unnest($6, $7, $8, $9, $10) with ordinality as u (part, at, type, message, data, n)
            join held h on h.n = u.part
            order by u.n
        ), steps as (
            insert into run_step (company_id, run_id, attempt, ordinal, title, tool, status, started_at, finished_at, error, result, span_id)
            select distinct on (u.part, u.ordinal)
                h.company_id, h.run_id, h.attempt, u.ordinal, u.title, u.tool, u.status, u.started_at, u.finished_at, u.error, u.result, u.span_id
            from unnest($11, $12, $13, $14, $15, $16, $17, $18, $19, $20) with ordinality
                as u (part, ordinal, title, tool, status, started_at, finished_at, error, result, span_id, n)
            join held h on h.n = u.part
            order by u.part, u.ordinal, u.n desc
            on conflict (company_id, run_id, attempt, ordinal) do update
            set title = excluded.title, tool = excluded.tool, status = excluded.status, started_at = excluded.started_at,
                finished_at = excluded.finished_at, error = excluded.error, result = excluded.result, span_id = excluded.span_id
        )
        select n::int from held
        """;

    /// <summary>Leaves out, besides those that are over, the runs whose row is locked at the moment: none waits for another.</summary>
    public static readonly string AddToFree = Template.Replace("/*wait*/", "skip locked", StringComparison.Ordinal);

    /// <summary>Waits for the row.</summary>
    public static readonly string AddWaiting = Template.Replace("/*wait*/", "", StringComparison.Ordinal);
}
