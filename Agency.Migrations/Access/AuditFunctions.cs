using Agency.Data;

namespace Agency.Migrations.Access;

/// <summary>
/// The one way into the audit log. Services may call <c>append_audit</c> and read; nobody but the archive (which erases a client) deletes, and nobody
/// updates: the grants say so, and a trigger says it again to whoever has more.
/// </summary>
internal static class AuditFunctions
{
    /// <summary>Owns <c>append_audit</c>; may add to the log, move the heads and see which companies there are.</summary>
    public const string Role = "agency_audit";

    private const string Schema = AgencyDbContext.Schema;

    private const string Signature = "text, text, text, text, text, text, text, text, text, text, text, text, text";

    /// <summary>The scheduler serves no calls.</summary>
    private static readonly string Callers = string.Join(
        ", ", AccessRules.AgencyLogins.Concat(AccessRules.TenantLogins).Where(login => !login.StartsWith(AccessRules.Scheduler, StringComparison.Ordinal)));

    public static string Sql() => string.Join('\n', AccessSql(), AppendSql(), GuardSql());

    private static string AccessSql() => $"""
        grant select, insert on {Schema}.audit_log to {Role};
        grant select, insert, update on {Schema}.audit_head to {Role};
        grant select on {Schema}.company to {Role};
        drop policy if exists audit on {Schema}.audit_log;
        drop policy if exists audit on {Schema}.audit_head;
        drop policy if exists audit on {Schema}.company;
        create policy audit on {Schema}.audit_log to {Role} using (true) with check (true);
        create policy audit on {Schema}.audit_head to {Role} using (true) with check (true);
        create policy audit on {Schema}.company for select to {Role} using (true);
        """;

    /// <summary>
    /// The encoding is that of <c>AuditHash</c>. The lock on the client (shared; erasing takes it alone) keeps a client's chain from beginning anew while the
    /// client is erased; what is said of a client that is gone goes into the agency's chain.
    /// </summary>
    private static string AppendSql() => $"""
        create or replace function {Schema}.audit_hash(previous bytea, fields text[]) returns bytea
        language sql immutable set search_path = pg_catalog, pg_temp as $$
            select sha256(previous || convert_to(string_agg(coalesce(octet_length(convert_to(f, 'UTF8'))::text || ':' || f, '~'), '' order by n), 'UTF8'))
            from unnest(fields) with ordinality u(f, n)
        $$;
        alter function {Schema}.audit_hash(bytea, text[]) owner to {Role};
        revoke all on function {Schema}.audit_hash(bytea, text[]) from public;

        create or replace function {Schema}.append_audit(
            client text, who text, as_role text, token text, on_server text, what text, on_target text, came_out text,
            given text, was text, became text, problem text, trace text) returns void
        language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
        declare
            own constant text := nullif(current_setting('app.company_id', true), '');
            subject text := client;
            link text;
            head record;
            moment timestamptz;
            digest bytea;
        begin
            if not pg_has_role(session_user, 'agency_staff', 'member') and client is distinct from own then
                raise insufficient_privilege using message = 'The audit log of another company is closed.';
            end if;
            if subject is not null then
                perform pg_advisory_xact_lock_shared(hashtext('agency client'), hashtext(subject));
                perform 1 from {Schema}.company c where c.company_id = subject;
                if not found then
                    subject := null;
                end if;
            end if;

            link := coalesce(subject, '*');
            insert into {Schema}.audit_head (chain, company_id, seq, hash) values (link, subject, 0, decode(repeat('00', 32), 'hex'))
            on conflict do nothing;
            select h.seq + 1 as seq, h.hash into strict head from {Schema}.audit_head h where h.chain = link for update;
            moment := clock_timestamp();
            digest := {Schema}.audit_hash(head.hash, array[
                link, head.seq::text, floor(extract(epoch from moment) * 1000000)::bigint::text, subject, who, as_role, token, on_server, what, on_target, came_out,
                given, was, became, problem, trace]);
            insert into {Schema}.audit_log (
                chain, seq, company_id, at, actor, role, token_id, server, action, target, outcome, arguments, before, after, error, trace_id, previous_hash, hash)
            values (link, head.seq, subject, moment, who, as_role, token, on_server, what, on_target, came_out, given, was, became, problem, trace, head.hash, digest);
            update {Schema}.audit_head set seq = head.seq, hash = digest where chain = link;
        end $$;
        alter function {Schema}.append_audit({Signature}) owner to {Role};
        revoke all on function {Schema}.append_audit({Signature}) from public;
        grant execute on function {Schema}.append_audit({Signature}) to {Callers};
        """;

    private static string GuardSql() => $"""
        create or replace function {Schema}.refuse_audit_change() returns trigger
        language plpgsql set search_path = pg_catalog, pg_temp as $$
        begin
            if tg_op = 'DELETE' and current_user = '{ArchiveFunctions.Role}' then
                return old;
            end if;
            raise insufficient_privilege using message = 'The audit log is append-only.';
        end $$;
        alter function {Schema}.refuse_audit_change() owner to agency_owner;
        create or replace trigger refuse_change before update or delete on {Schema}.audit_log
            for each row execute function {Schema}.refuse_audit_change();
        create or replace trigger refuse_truncate before truncate on {Schema}.audit_log
            for each statement execute function {Schema}.refuse_audit_change();
        """;
}
