using System.Text;
using Agency.Data;
using Npgsql;

namespace Agency.Migrations.Access;

/// <summary>
/// Creates the roles and lays the access rules over the schema: owner, forced row level security, policies, grants. Applied whole in one
/// transaction at every start, so what stands in <see cref="AccessRules"/> is what is in force.
/// </summary>
internal sealed class AccessApplier(NpgsqlDataSource administrator)
{
    /// <summary>Roles that nobody logs in with: each owns functions that run with its rights.</summary>
    private static readonly string[] FunctionRoles = [Functions.DirectoryRole, SearchFunctions.Role, AuditFunctions.Role, ArchiveFunctions.Role, QueueTriggers.Role];

    /// <param name="passwords">Password of each login, by its name.</param>
    /// <exception cref="InvalidOperationException">A login has no password.</exception>
    public async Task ApplyAsync(IReadOnlyDictionary<string, string> passwords, CancellationToken cancellationToken)
    {
        string[] logins = [.. AccessRules.AgencyLogins, .. AccessRules.TenantLogins];
        if (logins.FirstOrDefault(login => string.IsNullOrEmpty(passwords.GetValueOrDefault(login))) is { } missing)
        {
            throw new InvalidOperationException($"No password for the database login '{missing}': set Roles:{missing}.");
        }

        await using var connection = await administrator.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "select pg_advisory_xact_lock(hashtext('agency access rules'))", cancellationToken);
        await ExecuteAsync(connection, RolesSql(), cancellationToken);
        foreach (var login in logins)
        {
            await ExecuteAsync(connection, await SetPasswordSqlAsync(connection, login, passwords[login], cancellationToken), cancellationToken);
        }

        await ExecuteAsync(connection, SchemaSql(), cancellationToken);
        await ExecuteAsync(connection, Functions.Sql(), cancellationToken);
        await ExecuteAsync(connection, SearchFunctions.Sql(), cancellationToken);
        await ExecuteAsync(connection, QueueTriggers.Sql(), cancellationToken);
        await ExecuteAsync(connection, AuditFunctions.Sql(), cancellationToken);
        await ExecuteAsync(connection, ArchiveFunctions.Sql(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static string RolesSql()
    {
        var sql = new StringBuilder();
        foreach (var group in (string[])["agency_owner", "agency_staff", "agency_tenants", .. FunctionRoles])
        {
            sql.AppendLine($"""
                do $$ begin
                    if not exists (select from pg_roles where rolname = '{group}') then create role {group} nologin; end if;
                end $$;
                """);
        }

        foreach (var (login, group) in AccessRules.AgencyLogins.Select(l => (l, "agency_staff"))
            .Concat(AccessRules.TenantLogins.Select(l => (l, "agency_tenants"))))
        {
            sql.AppendLine($"""
                do $$ begin
                    if not exists (select from pg_roles where rolname = '{login}') then create role {login}; end if;
                end $$;
                alter role {login} with login nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
                -- Statements here are short: compiling one takes longer than any of them.
                alter role {login} set jit = off;
                grant {group} to {login};
                """);
        }

        return sql.ToString();
    }

    private static async Task<string> SetPasswordSqlAsync(
        NpgsqlConnection connection, string login, string password, CancellationToken cancellationToken)
    {
        await using var quote = new NpgsqlCommand("select format('alter role %I with password %L', $1::text, $2::text)", connection);
        quote.Parameters.AddWithValue(login);
        quote.Parameters.AddWithValue(password);
        return (string)(await quote.ExecuteScalarAsync(cancellationToken))!;
    }

    private static string SchemaSql()
    {
        const string schema = AgencyDbContext.Schema;
        var everyone = string.Join(", ", [.. AccessRules.AgencyLogins, .. AccessRules.TenantLogins, "agency_staff", "agency_tenants"]);
        var sql = new StringBuilder($"""
            revoke all on schema public from public;
            alter schema {schema} owner to agency_owner;
            revoke all on schema {schema} from public;
            grant usage on schema {schema} to agency_staff, agency_tenants, {string.Join(", ", FunctionRoles)};
            revoke all on all tables in schema {schema} from public, {everyone};

            """);
        foreach (var table in AccessRules.Tables)
        {
            AppendTable(sql, $"{schema}.{table.Name}", table);
        }

        return sql.ToString();
    }

    private static void AppendTable(StringBuilder sql, string name, Table table)
    {
        const string own = "company_id = current_setting('app.company_id', true)";
        sql.AppendLine($"""
            alter table {name} owner to agency_owner;
            alter table {name} enable row level security;
            alter table {name} force row level security;
            drop policy if exists staff on {name};
            drop policy if exists tenants on {name};
            """);
        if (table.Visibility is Visibility.Company or Visibility.Agency or Visibility.Everyone)
        {
            sql.AppendLine($"create policy staff on {name} to agency_staff using (true) with check (true);");
        }

        if (table.Visibility is Visibility.Company or Visibility.CompanyOnly)
        {
            sql.AppendLine($"create policy tenants on {name} to agency_tenants using ({own}) with check ({own});");
        }
        else if (table.Visibility is Visibility.Everyone)
        {
            sql.AppendLine($"create policy tenants on {name} for select to agency_tenants using (true);");
        }

        foreach (var grant in table.Grants)
        {
            if (table.Visibility is not Visibility.CompanyOnly)
            {
                sql.AppendLine($"grant {grant.Privileges} on {name} to {grant.Service}_agency;");
            }

            if (table.Visibility is Visibility.Company or Visibility.CompanyOnly && grant.Service != AccessRules.Scheduler)
            {
                sql.AppendLine($"grant {grant.Privileges} on {name} to {grant.Service}_tenant;");
            }
            else if (table.Visibility is Visibility.Everyone && grant.Service != AccessRules.Scheduler)
            {
                sql.AppendLine($"grant select on {name} to {grant.Service}_tenant;");
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
