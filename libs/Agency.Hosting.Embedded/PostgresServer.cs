using Agency.EmbeddedServers;
using Agency.EmbeddedServers.Postgres;
using Aspire.Hosting.ApplicationModel;
using Npgsql;

namespace Agency.Hosting.Embedded;

/// <summary>The embedded PostgreSQL behind a <see cref="PostgresServerResource"/>.</summary>
internal sealed class PostgresServer(PostgresServerResource resource, EmbeddedPostgresServerOptions options) : IEmbeddedServer
{
    private int? _port;
    private string? _rootFolder;

    public int? Port => null; // It is chosen while the server starts.

    public async Task<RunningServer> StartAsync(Action<string> log, CancellationToken cancellationToken)
    {
        var postgres = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions
            {
                Folder = options.Folder,
                Password = await resource.PasswordParameter.GetValueAsync(cancellationToken) ?? "",
                Port = _port,
                Settings = options.Settings.AsReadOnly(),
                Log = log,
            },
            cancellationToken);
        (_port, _rootFolder) = (postgres.Port, postgres.RootFolder);
        log($"PostgreSQL {postgres.Major} {(postgres.IsAdopted ? "was still running and is used again" : "started")} on port {postgres.Port}. Its log: {postgres.LogFile}");

        var ended = new CancellationTokenSource();
        _ = LogTail.FollowAsync(postgres.LogFile, log, ended.Token);
        return new RunningServer("localhost", postgres.Port, $"PostgreSQL {postgres.Major}, {postgres.BinFolder}", postgres.ProcessId, ExitAsync(), () => postgres.StopAsync(CancellationToken.None));

        async Task<int?> ExitAsync()
        {
            await postgres.WaitForExitAsync(CancellationToken.None);
            await ended.CancelAsync();
            return null;
        }
    }

    public void Clean()
    {
        if (options.DeleteDataAtEnd && Directory.Exists(_rootFolder))
            Directory.Delete(_rootFolder, recursive: true); // It may lie outside the options' folder.
    }
}

/// <summary>A server of the user's own: nothing is started, and nothing stopped.</summary>
internal sealed class ExternalPostgresServer(string connectionString) : IEmbeddedServer
{
    private readonly NpgsqlConnectionStringBuilder _parts = new(connectionString);

    public int? Port => null;

    public async Task<RunningServer> StartAsync(Action<string> log, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = 10 }.ConnectionString);
            await connection.OpenAsync(cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            throw new EmbeddedServerException(
                $"The PostgreSQL server at {_parts.Host}:{_parts.Port} that AGENCY_POSTGRES_CONNECTION names cannot be used: {failure.Message}. Correct or unset it.", failure);
        }

        log($"Using the PostgreSQL server at {_parts.Host}:{_parts.Port}.");
        return new RunningServer(_parts.Host ?? "localhost", _parts.Port, "a server of your own", ProcessId: null, new TaskCompletionSource<int?>().Task, () => Task.CompletedTask);
    }
}
