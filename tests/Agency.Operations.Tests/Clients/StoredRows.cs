using System.Text;
using Agency.Testing;

namespace Agency.Operations.Tests.Clients;

/// <summary>The rows of one client, as the superuser sees them.</summary>
internal static class StoredRows
{
    /// <summary>How many, of every table of the schema that has a company_id: a new one that nothing fills or erases is noticed.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> CountAsync(AgencyTestDatabase database, string client)
    {
        var counts = new Dictionary<string, long>();
        foreach (var table in await TablesAsync(database))
        {
            counts[table] = await database.ScalarAsync<long>($"select count(*) from agency.{table} where company_id = $1", client);
        }

        return counts;
    }

    /// <summary>Every row as text, and where it lies: a row that was written again would lie elsewhere.</summary>
    public static async Task<string> ContentAsync(AgencyTestDatabase database, string client)
    {
        var content = new StringBuilder();
        foreach (var table in await TablesAsync(database))
        {
            content.AppendLine(await database.ScalarAsync<string>(
                $"select '{table}: ' || coalesce(string_agg(t.ctid::text || md5(t::text), ' ' order by t.ctid), '') from agency.{table} t where company_id = $1", client));
        }

        return content.ToString();
    }

    private static async Task<string[]> TablesAsync(AgencyTestDatabase database) => (await database.ScalarAsync<string[]>("""
        select array_agg(c.table_name::text order by c.table_name) from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
        where c.table_schema = 'agency' and c.column_name = 'company_id' and t.table_type = 'BASE TABLE'
        """))!;
}
