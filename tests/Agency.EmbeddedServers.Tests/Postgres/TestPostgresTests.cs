using Agency.Testing;
using Npgsql;

namespace Agency.EmbeddedServers.Tests.Postgres;

public sealed class TestPostgresTests
{
    [Fact]
    public async Task CreateDatabase_FromTemplate_HoldsItsRows()
    {
        int built = 0;
        Task Build(string connectionString, CancellationToken ct)
        {
            built++;
            return ExecuteAsync(connectionString, "create table t as select 42 as answer", ct);
        }

        string key = $"hosting_{Guid.NewGuid():N}";
        string first = await TestPostgres.EnsureTemplateAsync(key, Build, TestContext.Current.CancellationToken);
        string second = await TestPostgres.EnsureTemplateAsync(key, Build, TestContext.Current.CancellationToken);
        await using var database = await TestPostgres.CreateDatabaseAsync(second, TestContext.Current.CancellationToken);

        Assert.Equal(first, second);
        Assert.Equal(1, built);
        Assert.Equal(42, await ScalarAsync(database.AdminConnectionString, "select answer from t"));
        await ExecuteAsync(await TestPostgres.ConnectionStringAsync(), $"drop database \"{first}\"", CancellationToken.None);
    }

    [Fact]
    public async Task Dispose_WithAnOpenConnection_DropsTheDatabase()
    {
        var database = await TestPostgres.CreateDatabaseAsync(ct: TestContext.Current.CancellationToken);
        await using var open = new NpgsqlConnection(database.AdminConnectionString);
        await open.OpenAsync(TestContext.Current.CancellationToken);

        await database.DisposeAsync();

        Assert.Null(await ScalarAsync(await TestPostgres.ConnectionStringAsync(), $"select 1 from pg_database where datname = '{database.Name}'"));
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
