using Agency.EmbeddedServers.Processes;
using Npgsql;

namespace Agency.EmbeddedServers.Postgres;

/// <summary>A PostgreSQL server of one's own, on the loopback address. It outlives a killed launcher, and the next one adopts it.</summary>
public sealed class EmbeddedPostgres
{
    private const string Superuser = "postgres";
    private readonly PostgresBinaries _binaries;
    private readonly ServerUser _user;

    private EmbeddedPostgres(PostgresBinaries binaries, ServerUser user, ServerFolder folder, int port, string connectionString, bool adopted)
    {
        (_binaries, _user, Folder) = (binaries, user, folder);
        (Port, ConnectionString, IsAdopted) = (port, connectionString, adopted);
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The superuser's connection string to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>The major version.</summary>
    public int Major => _binaries.Major;

    /// <summary>The folder with the server's programs.</summary>
    public string BinFolder => _binaries.BinFolder;

    /// <summary>True when the server was already running.</summary>
    public bool IsAdopted { get; }

    /// <summary>Where the data lies.</summary>
    public string DataFolder => Folder.Data;

    /// <summary>Where the server writes its log.</summary>
    public string LogFile => Folder.LogFile;

    /// <summary>The command line that stops this server.</summary>
    public IReadOnlyList<string> StopCommand => [_binaries.PgCtl, "stop", "-D", Folder.Data, "-m", "fast", "-w"];

    /// <summary>The user it runs as when that is not the caller (who is root then).</summary>
    public string? UserName => _user.Name;

    /// <summary>The folder that holds all of the server's files. As root it may lie outside the folder of the options.</summary>
    public string RootFolder => Folder.Root;

    /// <summary>The server's main process, or null when none runs in this data folder.</summary>
    public int? ProcessId => LeftOverServer.Read(Folder.PidFile) is { } server && server.IsAlive(Folder.Data) ? server.Pid : null;

    private ServerFolder Folder { get; }

    /// <summary>Starts the server, or adopts the one that already runs in this folder.</summary>
    /// <exception cref="EmbeddedServerException">It cannot run here; the message says why and what to do.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, CancellationToken ct)
    {
        string state = Path.GetFullPath(options.Folder);
        Directory.CreateDirectory(state);
        using var gate = await FileLock.AcquireAsync(Path.Combine(state, "start.lock"), TimeSpan.FromMinutes(5), ct);

        var user = await ServerUser.FindAsync(ct);
        var folder = await ServerFolder.PrepareAsync(state, user, options.Log, ct);
        var binaries = await new PostgresLocator(user, options.Search, options.Log).FindAsync(folder.Major, ct);
        var starter = new PostgresStarter(options, binaries, user, folder);

        try
        {
            if (await LeftOverServer.AdoptAsync(folder, port => ConnectionStringFor(port, options.Password), ct) is { } running)
                return new(binaries, user, folder, running.Port, ConnectionStringFor(running.Port, options.Password), adopted: true);

            if (folder.Major is null)
                await starter.InitialiseAsync(ct);
            int chosen = await starter.StartAsync(Path.Combine(state, "port"), ct);
            string connectionString = ConnectionStringFor(chosen, options.Password);
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(CancellationToken.None); // It runs: a cancelled start must know it, to stop it.
            return new(binaries, user, folder, chosen, connectionString, adopted: false);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new EmbeddedServerException(
                $"The database in {folder.Data} was made with another password than the one in the state folder. " +
                $"Restore parameters.json, or delete {folder.Root} to start with an empty database.", failure);
        }
    }

    /// <summary>Stops the server, at worst without waiting for its last checkpoint.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        var stopped = await _user.RunAsync(_binaries.PgCtl, ["stop", "-D", Folder.Data, "-m", "fast", "-w", "-t", "5"], ct);
        if (!stopped.Succeeded && LeftOverServer.Read(Folder.PidFile)?.IsAlive(Folder.Data) == true)
            await _user.RunAsync(_binaries.PgCtl, ["stop", "-D", Folder.Data, "-m", "immediate", "-w", "-t", "5"], ct);
    }

    /// <summary>Waits until no process of the server is left in this data folder.</summary>
    public async Task WaitForExitAsync(CancellationToken cancellationToken)
    {
        while (ProcessId is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
    }

    private static string ConnectionStringFor(int port, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = Superuser,
        Password = password,
        Database = "postgres",
        Pooling = false,
        Timeout = 5,
    }.ConnectionString;
}
