using Agency.Data;
using Agency.Data.Scheduling;

namespace Agency.Migrations.Access;

/// <summary>Database functions that run with a role of their own, because their callers lack the rights to do by hand what they do.</summary>
internal static class Functions
{
    /// <summary>
    /// Owns <c>ensure_company</c> and <c>hold_in_force</c>; may insert into the directory, the terms and the profiles, read the holds, and nothing else.
    /// </summary>
    public const string DirectoryRole = "agency_directory";

    public static string Sql()
    {
        const string schema = AgencyDbContext.Schema;
        return $"""
            grant insert on {schema}.company, {schema}.company_terms, {schema}.company_profile to {DirectoryRole};
            drop policy if exists directory on {schema}.company;
            drop policy if exists directory on {schema}.company_terms;
            drop policy if exists directory on {schema}.company_profile;
            create policy directory on {schema}.company for insert to {DirectoryRole} with check (true);
            create policy directory on {schema}.company_terms for insert to {DirectoryRole} with check (true);
            create policy directory on {schema}.company_profile for insert to {DirectoryRole} with check (true);

            -- Creates a company with an empty profile and default terms unless the id is taken; says whether it did.
            create or replace function {schema}.ensure_company(id text, display_name text, zone text, at timestamptz) returns boolean
            language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
            begin
                insert into {schema}.company (company_id, name, status, time_zone, weight, max_concurrent_runs, created_at)
                values (id, display_name, 'active', zone, 1, 4, at) on conflict do nothing;
                if not found then
                    return false;
                end if;
                insert into {schema}.company_terms (company_id, currency, monthly_fee, fee_per_successful_run, sla_minutes, updated_at)
                values (id, 'EUR', 0, 0, 60, at);
                insert into {schema}.company_profile (company_id, goals, updated_at) values (id, array[]::text[], at);
                return true;
            end $$;
            alter function {schema}.ensure_company(text, text, text, timestamptz) owner to {DirectoryRole};
            revoke all on function {schema}.ensure_company(text, text, text, timestamptz) from public;
            grant execute on function {schema}.ensure_company(text, text, text, timestamptz)
                to {AccessRules.Operations}_agency, {AccessRules.Context}_agency;

            grant select on {schema}.work_hold to {DirectoryRole};
            drop policy if exists directory on {schema}.work_hold;
            create policy directory on {schema}.work_hold for select to {DirectoryRole} using (true);

            -- The hold under which a company's work stands: a freeze, or that which lasts longest where there are several. Tenants learn of their own company,
            -- and not why everything is held: such a reason may name another one.
            create or replace function {schema}.hold_in_force(company text, at timestamptz)
            returns table (kind text, everything boolean, starts_at timestamptz, ends_at timestamptz, reason text)
            language sql stable security definer set search_path = pg_catalog, pg_temp as $$
                select h.kind, h.company_id is null, h.starts_at, h.ends_at, case when asks.staff or h.company_id is not null then h.reason end
                from (select pg_has_role(session_user, 'agency_staff', 'member') as staff) asks
                join {schema}.work_hold h on {HoldSql.InForce("hold_in_force.company", "hold_in_force.at")}
                where asks.staff or hold_in_force.company = current_setting('app.company_id', true)
                order by h.kind = 'freeze' desc, h.ends_at desc nulls first, h.starts_at, h.hold_id limit 1
            $$;
            alter function {schema}.hold_in_force(text, timestamptz) owner to {DirectoryRole};
            revoke all on function {schema}.hold_in_force(text, timestamptz) from public;
            grant execute on function {schema}.hold_in_force(text, timestamptz) to {AccessRules.Operations}_agency, {AccessRules.Operations}_tenant;
            """;
    }
}
