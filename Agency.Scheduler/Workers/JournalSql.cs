namespace Agency.Scheduler.Workers;

/// <summary>In both: $1 company, $2 run, $3 fencing, $4 owner, $5 attempt.</summary>
internal static class JournalSql
{
    // Shared with other writers of the journal, exclusive with settling: nothing is added to a run that is over.
    private const string Alive = """
        with alive as materialized (
            select 1 from run where company_id = $1 and run_id = $2 and fencing = $3 and lease_owner = $4 and status = 'running' for share
        )
        """;

    /// <summary>$6 at, $7 types, $8 messages, $9 data.</summary>
    public const string AddEvents = Alive + """

        insert into run_event (company_id, run_id, attempt, at, type, message, data)
        select $1, $2, $5, u.at, u.type, u.message, u.data::jsonb
        from alive, unnest($6, $7, $8, $9) with ordinality as u (at, type, message, data, n)
        order by u.n
        """;

    /// <summary>
    /// $6 ordinals, $7 titles, $8 tools, $9 statuses, $10 started, $11 finished, $12 errors, $13 results, $14 span ids. An attempt that was
    /// handed back does not count, so another one has its number and takes its steps' place.
    /// </summary>
    public const string AddSteps = Alive + """

        insert into run_step (company_id, run_id, attempt, ordinal, title, tool, status, started_at, finished_at, error, result, span_id)
        select distinct on (u.ordinal) $1, $2, $5, u.ordinal, u.title, u.tool, u.status, u.started_at, u.finished_at, u.error, u.result, u.span_id
        from alive, unnest($6, $7, $8, $9, $10, $11, $12, $13, $14) with ordinality
            as u (ordinal, title, tool, status, started_at, finished_at, error, result, span_id, n)
        order by u.ordinal, u.n desc
        on conflict (company_id, run_id, attempt, ordinal) do update
        set title = excluded.title, tool = excluded.tool, status = excluded.status, started_at = excluded.started_at,
            finished_at = excluded.finished_at, error = excluded.error, result = excluded.result, span_id = excluded.span_id
        """;
}
