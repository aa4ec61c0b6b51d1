using System.Globalization;
using System.Security.Cryptography;
using Agency.EmbeddedServers.Postgres;
using Npgsql;

namespace Agency.Benchmarks.Measuring;

/// <summary>
/// A PostgreSQL server for one benchmark, as durable as it comes (fsync, synchronous commit and full page writes on), on a free loopback
/// port, in a temporary folder that goes with it.
/// </summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    /// <summary>A busy machine makes a benchmark slow, but does not end it.</summary>
    private const int PatienceSeconds = 120;

    private readonly EmbeddedPostgres _postgres;
    private readonly string _folder;

    private BenchmarkServer(EmbeddedPostgres postgres, string folder) => (_postgres, _folder) = (postgres, folder);

    public string Version => $"PostgreSQL {_postgres.Major}";

    /// <param name="statements">Load pg_stat_statements.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<BenchmarkServer> StartAsync(bool statements, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("agency-benchmarks-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            // As root the server's user must pass through it.
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        // Only what the number of connections and profiling ask for: all else is as it comes.
        var settings = new Dictionary<string, string> { ["max_connections"] = "200" };
        if (statements)
        {
            settings["shared_preload_libraries"] = "pg_stat_statements";
            settings["pg_stat_statements.track_planning"] = "on";
        }

        try
        {
            var postgres = await EmbeddedPostgres.StartAsync(
                new EmbeddedPostgresOptions { Folder = folder, Password = RandomNumberGenerator.GetHexString(32), Settings = settings, Log = Console.Error.WriteLine },
                cancellationToken);
            return new BenchmarkServer(postgres, folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>The superuser's connection string, without pooling.</summary>
    public string Administrator(string database) =>
        new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { Database = database, Timeout = PatienceSeconds, CommandTimeout = PatienceSeconds }.ConnectionString;

    /// <summary>A new database, empty or a copy.</summary>
    public async Task<BenchmarkDatabase> CreateDatabaseAsync(string name, string? template, CancellationToken cancellationToken)
    {
        var source = template is null ? "" : $" template \"{template}\"";
        await Sql.ExecuteAsync(_postgres.ConnectionString, $"create database \"{name}\"{source}", cancellationToken);
        return new BenchmarkDatabase(this, name);
    }

    /// <summary>
    /// Transactions committed in a database so far. A backend reports its own when it ends, so this waits until nobody is connected any more:
    /// call it when the scheduler under measurement has stopped.
    /// </summary>
    public async Task<long> CommitsAsync(string database, CancellationToken cancellationToken)
    {
        NpgsqlConnection.ClearAllPools();
        var started = TimeProvider.System.GetTimestamp();
        while (await Sql.ScalarAsync<long>(_postgres.ConnectionString, "select count(*) from pg_stat_activity where datname = $1", cancellationToken, database) > 0)
        {
            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(10))
            {
                throw new InvalidOperationException($"Somebody is still connected to {database}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }

        return await Sql.ScalarAsync<long>(_postgres.ConnectionString, "select xact_commit from pg_stat_database where datname = $1", cancellationToken, database);
    }

    /// <summary>CPU time that the backends of a database have used and that are still there; null where /proc does not tell.</summary>
    public async Task<TimeSpan?> BackendCpuAsync(string database, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        long ticks = 0;
        foreach (var pid in await Sql.ListAsync<int>(_postgres.ConnectionString, "select pid from pg_stat_activity where datname = $1", cancellationToken, database))
        {
            try
            {
                // After the name, which ends with the last bracket: state is the first field, utime the twelfth, stime the thirteenth.
                var stat = await File.ReadAllTextAsync($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat", cancellationToken);
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                ticks += long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // It ended just now.
            }
        }

        return TimeSpan.FromMilliseconds(ticks * 10);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await _postgres.StopAsync(CancellationToken.None);
        var data = Path.GetDirectoryName(_postgres.DataFolder)!;
        foreach (var folder in (string[])[_folder, data])
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    internal Task DropAsync(string database) =>
        Sql.ExecuteAsync(_postgres.ConnectionString, $"drop database if exists \"{database}\" with (force)", CancellationToken.None);
}
