using Agency.Data;

namespace Agency.Migrations.Access;

/// <summary>Database functions that run with a role of their own, because their callers lack the rights to do by hand what they do.</summary>
internal static class Functions
{
    /// <summary>Owns <c>ensure_company</c>; may insert into the directory, the terms and the profiles, and nothing else.</summary>
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

            -- After many rows were planned at once: with statistics that say "empty" a claim would sort the whole queue. Only an owner may analyze.
            create or replace function {schema}.analyze_runs() returns void
            language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
            begin
                analyze {schema}.run;
            end $$;
            alter function {schema}.analyze_runs() owner to agency_owner;
            revoke all on function {schema}.analyze_runs() from public;
            grant execute on function {schema}.analyze_runs() to {AccessRules.Scheduler}_agency;
            """;
    }
}
