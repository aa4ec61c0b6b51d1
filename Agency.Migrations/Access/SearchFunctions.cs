using Agency.Data;

namespace Agency.Migrations.Access;

/// <summary>
/// Full-text search over a company's passages and memories. The functions run with a role of their own, whose policies hide nothing: under the
/// tenants' policy the planner may not use the index on a text search vector. So the functions themselves keep to the company that the
/// connection has named, and a caller joins what they return with tables in which it sees its own rows only.
/// </summary>
internal static class SearchFunctions
{
    /// <summary>Owns the search functions and the word counts.</summary>
    public const string Role = "agency_search";

    private const string Schema = AgencyDbContext.Schema;

    /// <summary>How many passages are ranked by their rare words: more of them than this share a word that tells little anyway.</summary>
    private const int MaxRanked = 5_000;

    private const string Header = """
        language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
        #variable_conflict use_column
        declare
            company constant text := nullif(current_setting('app.company_id', true), '');
            plan record;
            found_rows bigint := 0;
        begin
        """;

    public static string Sql() => string.Join('\n', AccessSql(), CountSql(), PlanSql(), DocumentsSql(), MemoriesSql());

    private static string AccessSql() => $"""
        grant select on {Schema}.document_chunk, {Schema}.memory to {Role};
        grant select, insert, update, delete on {Schema}.search_term to {Role};
        drop policy if exists search on {Schema}.document_chunk;
        drop policy if exists search on {Schema}.memory;
        drop policy if exists search on {Schema}.search_term;
        create policy search on {Schema}.document_chunk for select to {Role} using (true);
        create policy search on {Schema}.memory for select to {Role} using (true);
        create policy search on {Schema}.search_term to {Role} using (true) with check (true);
        """;

    /// <summary>Rows are locked in the order of their key, so that two transactions wait for each other and never deadlock.</summary>
    private static string CountSql() => $"""
        create or replace function {Schema}.count_search_terms() returns trigger
        language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
        begin
            if tg_op = 'INSERT' then
                insert into {Schema}.search_term as t (company_id, corpus, lexeme, frequency)
                select r.company_id, tg_argv[0], w.lexeme, count(*)
                from new_rows r cross join lateral (select u.lexeme from unnest(r.search) u union all select '') w
                group by r.company_id, w.lexeme order by r.company_id, w.lexeme collate "C"
                on conflict (company_id, corpus, lexeme) do update set frequency = t.frequency + excluded.frequency;
            else
                perform 1 from {Schema}.search_term t
                where t.corpus = tg_argv[0] and (t.company_id, t.lexeme) in (
                    select r.company_id, w.lexeme
                    from old_rows r cross join lateral (select u.lexeme from unnest(r.search) u union all select '') w)
                order by t.company_id, t.lexeme for update;
                update {Schema}.search_term t set frequency = t.frequency - gone.times
                from (select r.company_id, w.lexeme, count(*) as times
                      from old_rows r cross join lateral (select u.lexeme from unnest(r.search) u union all select '') w
                      group by r.company_id, w.lexeme) gone
                where t.company_id = gone.company_id and t.corpus = tg_argv[0] and t.lexeme = gone.lexeme;
                delete from {Schema}.search_term t
                where t.company_id in (select r.company_id from old_rows r) and t.corpus = tg_argv[0] and t.frequency <= 0;
            end if;
            return null;
        end $$;
        alter function {Schema}.count_search_terms() owner to {Role};
        revoke all on function {Schema}.count_search_terms() from public;

        {CountTriggers("document_chunk", "document")}
        {CountTriggers("memory", "memory")}
        """;

    private static string CountTriggers(string table, string corpus) => $"""
        create or replace trigger count_search_terms_in after insert on {Schema}.{table} referencing new table as new_rows
            for each statement execute function {Schema}.count_search_terms('{corpus}');
        create or replace trigger count_search_terms_out after delete on {Schema}.{table} referencing old table as old_rows
            for each statement execute function {Schema}.count_search_terms('{corpus}');
        """;

    /// <summary>
    /// Reads a question into what to look for: every word at once, unless one of them occurs nowhere; and the rarest words, as many as do not match
    /// too much to be ranked. Words reach a tsquery only quoted, so nothing in a question is an operator.
    /// </summary>
    private static string PlanSql() => $"""
        create or replace function {Schema}.plan_search(company text, what text, question text,
            out every_word tsquery, out rare_words tsquery, out lexemes text[], out weights double precision[], out total_weight double precision)
        language sql stable set search_path = pg_catalog, pg_temp as $$
            with words as (
                select l.lexeme, coalesce(t.frequency, 0) as frequency,
                       '''' || replace(replace(l.lexeme, E'\\', E'\\\\'), '''', '''''') || '''' as quoted,
                       (select coalesce(sum(a.frequency), 0) from {Schema}.search_term a
                        where a.company_id = company and a.corpus = what and a.lexeme = '') as passages
                from unnest(tsvector_to_array(to_tsvector('pg_catalog.english', normalize(question, nfkc)))) l(lexeme)
                left join {Schema}.search_term t on t.company_id = company and t.corpus = what and t.lexeme = l.lexeme),
            weighed as (
                select w.*, ln(1 + (w.passages - w.frequency + 0.5) / (w.frequency + 0.5)) as weight,
                       sum(w.frequency) over (order by w.frequency, w.lexeme) as matches,
                       row_number() over (order by w.frequency, w.lexeme) as place
                from words w)
            select case when min(w.frequency) > 0 then string_agg(w.quoted, ' & ')::tsquery end,
                   (string_agg(w.quoted, ' | ') filter (where w.frequency > 0 and (w.matches = w.frequency or w.matches <= {MaxRanked} and w.place <= 16)))::tsquery,
                   array_agg(w.lexeme) filter (where w.frequency > 0),
                   array_agg(w.weight::double precision) filter (where w.frequency > 0),
                   sum(w.weight)::double precision
            from weighed w
        $$;
        alter function {Schema}.plan_search(text, text, text) owner to {Role};
        revoke all on function {Schema}.plan_search(text, text, text) from public;
        """;

    private static string DocumentsSql() => $"""
        -- Passages with every word of the question, scored above 1; below 1 those with its rarest words.
        create or replace function {Schema}.search_documents(question text, k integer)
            returns table (document_id uuid, ordinal integer, score double precision)
        {Header}
        {Stages("document", "document_chunk", "r.document_id, r.ordinal", "true", "1, 2")}
        end $$;
        {Grant("search_documents(text, integer)")}
        """;

    private static string MemoriesSql() => $"""
        -- The same over memories that carry all of the wanted tags.
        create or replace function {Schema}.search_memories(question text, wanted text[], k integer)
            returns table (memory_id uuid, score double precision)
        {Header}
        {Stages("memory", "memory", "r.memory_id", "r.tags @> wanted", "1")}
        end $$;
        {Grant("search_memories(text, text[], integer)")}
        """;

    private static string Stages(string corpus, string table, string key, string condition, string tieBreak) => $"""
            if company is null then
                return;
            end if;
            select * into plan from {Schema}.plan_search(company, '{corpus}', question);
            if plan.every_word is not null then
                return query
                select {key}, 1 + ts_rank_cd(r.search, plan.every_word, 32)::double precision as rank
                from {Schema}.{table} r
                where r.company_id = company and r.search @@ plan.every_word and {condition}
                order by rank desc, {tieBreak} limit k;
                get diagnostics found_rows = row_count;
            end if;

            if found_rows < k and plan.rare_words is not null then
                return query
                select {key}, s.rank
                from (select * from {Schema}.{table} r
                      where r.company_id = company and r.search @@ plan.rare_words and {condition}
                        and (plan.every_word is null or not r.search @@ plan.every_word)
                      limit {MaxRanked}) r
                cross join lateral (
                    select sum(w.weight * cardinality(u.positions)
                               / (cardinality(u.positions) + 1.2 * (0.25 + 0.75 * length(r.search) / 100.0))) / plan.total_weight as rank
                    from unnest(r.search) u join unnest(plan.lexemes, plan.weights) w(lexeme, weight) on w.lexeme = u.lexeme) s
                order by s.rank desc, {tieBreak} limit k - found_rows;
            end if;
        """;

    private static string Grant(string function) => $"""
        alter function {Schema}.{function} owner to {Role};
        revoke all on function {Schema}.{function} from public;
        grant execute on function {Schema}.{function} to {AccessRules.Context}_tenant;
        """;
}
