using Npgsql;

namespace Agency.Testing;

/// <summary>
/// The one PostgreSQL server that all test processes of this user share. It starts with the first and leaves with the last; see
/// <see cref="SharedServer"/>.
/// </summary>
public static class TestPostgres
{
    private const string DatabasePrefix = "test_";

    private static readonly Lazy<Task<string>> Server = new(() => SharedServer.JoinAsync(FreshAsync, CancellationToken.None));

    /// <summary>The superuser's connection string to the server's database <c>postgres</c>.</summary>
    public static Task<string> ConnectionStringAsync() => Server.Value;

    /// <summary>A new database: empty, or a copy of a template made by <see cref="EnsureTemplateAsync"/>.</summary>
    public static async Task<TestDatabase> CreateDatabaseAsync(string? template = null, CancellationToken ct = default)
    {
        string server = await Server.Value;
        var database = new TestDatabase(server, DatabasePrefix + Guid.NewGuid().ToString("N"));
        string source = template is null ? "" : $" template \"{template}\"";
        await ExecuteAsync(server, $"create database \"{database.Name}\"{source}", ct);
        return database;
    }

    /// <summary>
    /// Builds a template database once per server and <paramref name="key"/>, whichever test process comes first; the others wait. The key
    /// must change when what <paramref name="build"/> makes changes. Returns the name for <see cref="CreateDatabaseAsync"/>.
    /// </summary>
    /// <param name="key">Lower-case letters, digits and underscores.</param>
    /// <param name="build">Fills the database whose superuser connection string it is given.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<string> EnsureTemplateAsync(string key, Func<string, CancellationToken, Task> build, CancellationToken ct = default)
    {
        string server = await Server.Value;
        string name = $"template_{key}";
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync(ct);

        // Held by the connection, so a killed test process frees it. One lock for all keys: migrations also touch roles, which all
        // databases share.
        await using (var gate = new NpgsqlCommand("select pg_advisory_lock(7236413)", connection) { CommandTimeout = 120 })
            await gate.ExecuteNonQueryAsync(ct);
        await using (var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection))
        {
            exists.Parameters.AddWithValue(name);
            if (await exists.ExecuteScalarAsync(ct) is not null)
                return name;
        }

        var draft = new TestDatabase(server, DatabasePrefix + "draft_" + Guid.NewGuid().ToString("N"));
        await ExecuteAsync(server, $"create database \"{draft.Name}\"", ct);
        await build(draft.AdminConnectionString, ct);

        // A pooled connection left open would forbid renaming and copying.
        await ExecuteAsync(server, $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{draft.Name}'", ct);
        await ExecuteAsync(server, $"alter database \"{draft.Name}\" rename to \"{name}\"", ct);
        return name;
    }

    internal static async Task ExecuteAsync(string connectionString, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>A server that has just started has no users: what it holds was left by killed tests or by older code.</summary>
    private static async Task FreshAsync(string server, CancellationToken ct)
    {
        var old = new List<string>();
        await using (var connection = new NpgsqlConnection(server))
        {
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand("select datname from pg_database where datname ~ '^(test|template)_'", connection);
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
                old.Add(reader.GetString(0));
        }

        foreach (string name in old)
            await ExecuteAsync(server, $"drop database \"{name}\" with (force)", ct);
    }
}
