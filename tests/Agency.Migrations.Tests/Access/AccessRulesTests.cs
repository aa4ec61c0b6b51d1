using Agency.Migrations.Access;
using Agency.Testing;
using Npgsql;

namespace Agency.Migrations.Tests.Access;

public sealed class AccessRulesTests(AgencyTestDatabase database) : IClassFixture<AgencyTestDatabase>
{
    [Fact]
    public async Task Tables_OfTheSchema_AreAllListed()
    {
        var tables = await NamesAsync("select tablename from pg_tables where schemaname = 'agency' and tablename <> 'schema_history'");

        Assert.Equal(AccessRules.Tables.Select(t => t.Name).Order(), tables.Order());
    }

    [Fact]
    public async Task Tables_OfTheSchema_AllForceRowLevelSecurity()
    {
        var open = await NamesAsync("""
            select relname from pg_class join pg_namespace n on n.oid = relnamespace
            where nspname = 'agency' and relkind = 'r' and relname <> 'schema_history' and not (relrowsecurity and relforcerowsecurity)
            """);

        Assert.Empty(open);
    }

    [Fact]
    public async Task ForeignKeys_BetweenTenantTables_StartWithTheCompany()
    {
        var narrow = await NamesAsync("""
            select conname from pg_constraint c
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
            where contype = 'f' and connamespace = 'agency'::regnamespace and attname <> 'company_id'
              and exists (select from pg_attribute own where own.attrelid = c.conrelid and own.attname = 'company_id')
            """);

        Assert.Empty(narrow);
    }

    [Fact]
    public async Task UniqueConstraints_OfTenantTables_StartWithTheCompany()
    {
        // One that spans companies would tell a tenant, by its violation, what another has.
        var wide = await NamesAsync("""
            select i.relname from pg_index x
            join pg_class i on i.oid = indexrelid join pg_class t on t.oid = indrelid
            join pg_attribute first on first.attrelid = t.oid and first.attnum = indkey[0]
            where indisunique and t.relnamespace = 'agency'::regnamespace and first.attname <> 'company_id'
              and exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'company_id' and a.attnotnull)
            """);

        Assert.Empty(wide);
    }

    [Fact]
    public async Task Logins_OfTheServices_HaveNoPower()
    {
        var strong = await NamesAsync("""
            select rolname from pg_roles
            where rolname ~ '_(agency|tenant)$' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)
            """);

        Assert.Empty(strong);
    }

    [Fact]
    public async Task ContentTables_AskedByTheAgencyRole_AreRefused()
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString("context_agency"));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("select * from agency.document", connection);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync());

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    private async Task<List<string>> NamesAsync(string sql)
    {
        var names = new List<string>();
        await using var connection = new NpgsqlConnection(database.AdminConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
