using Agency.Data;

namespace Agency.Migrations.Access;

/// <summary>
/// Hands out and erases all that there is of one client, content that no agency login can read among it. Both go by the catalogue: every table with a
/// <c>company_id</c> is part of it, whoever added it. Only Operations may call them, and it does for operators.
/// </summary>
internal static class ArchiveFunctions
{
    /// <summary>Owns the functions; may read and delete in every table of clients, revoke tokens and grants, remember who was erased, and change nothing else.</summary>
    public const string Role = "agency_archive";

    private const string Schema = AgencyDbContext.Schema;

    /// <summary>Longer binary values are files: an export carries them beside the rows.</summary>
    private const int MaxInlineBytes = 64;

    public static string Sql() => string.Join('\n', AccessSql(), TablesSql(), VersionSql(), ExportSql(), EraseSql());

    private static string AccessSql() => $"""
        do $$
        declare
            name text;
        begin
            for name in
                select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
                where c.relnamespace = '{Schema}'::regnamespace and c.relkind = 'r' and a.attname = 'company_id'
            loop
                execute format('grant select, delete on {Schema}.%I to {Role}', name);
                execute format('drop policy if exists archive on {Schema}.%I', name);
                execute format('create policy archive on {Schema}.%I to {Role} using (true) with check (false)', name);
            end loop;
        end $$;

        -- To lock the rows, to end the tokens, and to remember who was erased.
        grant update (name) on {Schema}.company to {Role};
        grant update (cancel_reason) on {Schema}.run to {Role};
        grant select, insert on {Schema}.revoked_token to {Role};
        drop policy if exists archive on {Schema}.revoked_token;
        create policy archive on {Schema}.revoked_token to {Role} using (true) with check (true);
        grant select, insert, update on {Schema}.erased_company to {Role};
        drop policy if exists archive on {Schema}.erased_company;
        create policy archive on {Schema}.erased_company to {Role} using (true) with check (true);
        grant select (id, status), update (status) on {Schema}.oauth_authorization to {Role};
        drop policy if exists archive on {Schema}.oauth_authorization;
        create policy archive on {Schema}.oauth_authorization to {Role} using (true) with check (status = 'revoked');
        """;

    /// <summary>Those that are referred to come after those that refer to them.</summary>
    private static string TablesSql() => $"""
        create or replace function {Schema}.client_tables() returns setof text
        language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
        declare
            rest oid[] := array(
                select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid
                where c.relnamespace = '{Schema}'::regnamespace and c.relkind = 'r' and a.attname = 'company_id' order by c.relname);
            free oid[];
        begin
            while cardinality(rest) > 0 loop
                free := array(
                    select u.t from unnest(rest) with ordinality u(t, n)
                    where not exists (select from pg_constraint k where k.contype = 'f' and k.confrelid = u.t and k.conrelid = any(rest) and k.conrelid <> u.t)
                    order by u.n);
                if cardinality(free) = 0 then
                    raise exception 'The tables of clients refer to each other in a circle: %', rest::regclass[];
                end if;
                return query select c.relname::text from unnest(free) with ordinality u(t, n) join pg_class c on c.oid = u.t order by u.n;
                rest := array(select u.t from unnest(rest) with ordinality u(t, n) where u.t <> all(free) order by u.n);
            end loop;
        end $$;
        {Grant("client_tables()")}
        """;

    /// <summary>The name of the latest migration.</summary>
    private static string VersionSql() => $"""
        grant select on {Schema}.schema_history to {Role};
        create or replace function {Schema}.schema_version() returns text
        language sql stable security definer set search_path = pg_catalog, pg_temp as $$
            select max(migration_id)::text from {Schema}.schema_history
        $$;
        {Grant("schema_version()")}
        """;

    /// <summary>One JSON object a row, in the order of the primary key. What is derived (search vectors) is left out.</summary>
    private static string ExportSql() => $"""
        create or replace function {Schema}.export_rows(client text, from_table text) returns setof text
        language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
        declare
            columns text;
            keys text;
        begin
            if from_table not in (select {Schema}.client_tables()) then
                raise exception 'No table of clients: %', from_table;
            end if;
            select string_agg(case when a.atttypid = 'bytea'::regtype
                    then format('case when octet_length(%1$I) <= {MaxInlineBytes} then to_jsonb(encode(%1$I, ''hex'')) else jsonb_build_object(''bytes'', octet_length(%1$I), ''sha256'', encode(sha256(%1$I), ''hex'')) end as %1$I', a.attname)
                    else format('%I', a.attname) end, ', ' order by a.attnum)
            into columns
            from pg_attribute a
            where a.attrelid = format('{Schema}.%I', from_table)::regclass and a.attnum > 0 and not a.attisdropped and a.atttypid <> 'tsvector'::regtype;
            select string_agg(format('%I', a.attname), ', ' order by k.n) into keys
            from pg_index i cross join lateral unnest(i.indkey::int[]) with ordinality k(attnum, n)
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
            where i.indrelid = format('{Schema}.%I', from_table)::regclass and i.indisprimary;
            return query execute format(
                'select row_to_json(r)::text from (select %s from {Schema}.%I where company_id = $1 order by %s) r', columns, from_table, keys) using client;
        end $$;
        {Grant("export_rows(text, text)")}
        """;

    /// <summary>
    /// All or nothing, in the caller's transaction. Nothing of the client may be executing: a worker would go on for a client that is no more. The locks keep
    /// out whoever would add something meanwhile; what cannot wait for them fails for want of the company.
    /// </summary>
    private static string EraseSql() => $"""
        create or replace function {Schema}.erase_client(client text) returns table (from_table text, rows_before bigint, rows_after bigint)
        language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
        declare
            tables constant text[] := array(select {Schema}.client_tables());
            counts bigint[] := array[]::bigint[];
            n bigint;
        begin
            perform pg_advisory_xact_lock(hashtext('agency client'), hashtext(client));
            perform 1 from {Schema}.company c where c.company_id = client for update;
            if not found then
                raise no_data_found using message = 'There is no such client.';
            end if;

            -- A claim or an outcome that is being written is waited for and then seen.
            perform 1 from {Schema}.run r where r.company_id = client and r.status in ('queued', 'running') for update;
            if exists (select from {Schema}.run r where r.company_id = client and r.status = 'running') then
                raise object_in_use using message = 'Work of the client is executing.';
            end if;

            -- What an app was granted for the client must not become a grant for a later one of its name.
            update {Schema}.oauth_authorization set status = 'revoked'
            where status <> 'revoked' and id in (select t.grant_id from {Schema}.issued_token t where t.company_id = client and t.grant_id is not null);
            insert into {Schema}.revoked_token (token_id, revoked_at, expires_at)
            select t.token_id, now(), t.expires_at from {Schema}.issued_token t where t.company_id = client and t.expires_at > now()
            on conflict do nothing;

            insert into {Schema}.erased_company (id, erased_at) values (client, now()) on conflict (id) do update set erased_at = excluded.erased_at;

            for i in 1 .. cardinality(tables) loop
                execute format('select count(*) from {Schema}.%I where company_id = $1', tables[i]) into n using client;
                counts := counts || n;
            end loop;
            for i in 1 .. cardinality(tables) loop
                execute format('delete from {Schema}.%I where company_id = $1', tables[i]) using client;
            end loop;
            for i in 1 .. cardinality(tables) loop
                execute format('select count(*) from {Schema}.%I where company_id = $1', tables[i]) into n using client;
                from_table := tables[i];
                rows_before := counts[i];
                rows_after := n;
                return next;
            end loop;
        end $$;
        {Grant("erase_client(text)")}
        """;

    private static string Grant(string function) => $"""
        alter function {Schema}.{function} owner to {Role};
        revoke all on function {Schema}.{function} from public;
        grant execute on function {Schema}.{function} to {AccessRules.Operations}_agency;
        """;
}
