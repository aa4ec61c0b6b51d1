using Agency.LocalHosting.Postgres;
using Npgsql;

namespace Agency.LocalHosting.Running;

/// <summary>Runs the embedded PostgreSQL, or uses the user's own server, and makes the declared databases.</summary>
internal sealed class PostgresRunner(RunContext context, PostgresServerResource server) : IResourceRunner
{
    public const string ExternalVariable = "AGENCY_POSTGRES_CONNECTION";

    private EmbeddedPostgres? _embedded;

    public Resource Resource => server;

    public async Task StartAsync(CancellationToken ct)
    {
        if (context.Builder.Configuration[ExternalVariable] is { Length: > 0 } external)
            UseExternal(external);
        else
            await StartEmbeddedAsync(ct);

        await CreateDatabasesAsync((await server.GetValueAsync(ct))!, ct);
        context.Notifications.Set(server.Name, KnownResourceStates.Running, healthy: true);
        foreach (var database in server.Databases)
            context.Notifications.Set(database.Name, KnownResourceStates.Running, healthy: true);
    }

    public async Task StopAsync(TimeSpan within)
    {
        if (_embedded is null)
            return;
        await _embedded.StopAsync(CancellationToken.None);
        if (context.Builder.IsTest)
            Directory.Delete(_embedded.Folder.Root, recursive: true); // It may lie outside the state folder.
    }

    private async Task StartEmbeddedAsync(CancellationToken ct)
    {
        var endpoint = server.Endpoints[0];
        var options = new EmbeddedPostgresOptions
        {
            Folder = Path.Combine(context.Builder.State.Path, "postgres"),
            Password = (await server.PasswordParameter.GetValueAsync(ct))!,
            Port = context.Builder.RandomizePorts ? null : endpoint.DeclaredPort,
            Settings = context.Builder.IsTest ? TestSettings : UserSettings,
            Log = line => context.Log.Write(server.Name, line),
        };
        _embedded = await EmbeddedPostgres.StartAsync(options, ct);
        endpoint.AllocatedPort = _embedded.Port;
        context.Log.Write(server.Name, $"PostgreSQL {_embedded.Major} {(_embedded.IsAdopted ? "was still running and is used again" : "started")} on port {_embedded.Port}.");
    }

    private void UseExternal(string external)
    {
        var parts = new NpgsqlConnectionStringBuilder(external);
        server.External = parts.ConnectionString;
        server.Endpoints[0].Host = parts.Host ?? "localhost";
        server.Endpoints[0].AllocatedPort = parts.Port;
        context.Log.Write(server.Name, $"Using the PostgreSQL server at {parts.Host}:{parts.Port} ({ExternalVariable}).");
    }

    private async Task CreateDatabasesAsync(string connectionString, CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
            await connection.OpenAsync(ct);
            foreach (var database in server.Databases)
            {
                await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection);
                exists.Parameters.AddWithValue(database.DatabaseName);
                if (await exists.ExecuteScalarAsync(ct) is not null)
                    continue;
                await using var create = new NpgsqlCommand($"create database \"{database.DatabaseName.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
                await create.ExecuteNonQueryAsync(ct);
            }
        }
        catch (NpgsqlException failure)
        {
            throw new DistributedApplicationException($"PostgreSQL refused: {failure.Message}", failure);
        }
    }

    private static readonly Dictionary<string, string> UserSettings = new() { ["max_connections"] = "200" };

    private static readonly Dictionary<string, string> TestSettings = new()
    {
        ["max_connections"] = "200",
        ["fsync"] = "off",
        ["synchronous_commit"] = "off",
        ["full_page_writes"] = "off",
    };
}
