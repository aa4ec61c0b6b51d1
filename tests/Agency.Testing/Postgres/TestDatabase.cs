using Npgsql;

namespace Agency.Testing;

/// <summary>A database of the shared test server, gone when disposed of.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _server;

    internal TestDatabase(string serverConnectionString, string name)
    {
        _server = serverConnectionString;
        Name = name;
        AdminConnectionString = new NpgsqlConnectionStringBuilder(serverConnectionString) { Database = name }.ConnectionString;
    }

    public string Name { get; }

    /// <summary>The superuser's connection string to this database, without pooling.</summary>
    public string AdminConnectionString { get; }

    /// <summary>A login's pooled connection string to this database.</summary>
    public string ConnectionStringFor(string user, string password) =>
        new NpgsqlConnectionStringBuilder(AdminConnectionString) { Username = user, Password = password, Pooling = true, MaxPoolSize = 20 }.ConnectionString;

    public async ValueTask DisposeAsync() =>
        await TestPostgres.ExecuteAsync(_server, $"drop database if exists \"{Name}\" with (force)", CancellationToken.None);
}
