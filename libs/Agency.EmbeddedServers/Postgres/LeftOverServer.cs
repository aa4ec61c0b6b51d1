using System.Diagnostics;
using Agency.EmbeddedServers.Processes;
using Npgsql;

namespace Agency.EmbeddedServers.Postgres;

/// <summary>What postmaster.pid says about a server that an earlier, dead launcher left behind.</summary>
internal sealed record LeftOverServer(int Pid, int Port)
{
    /// <summary>Above every pid that Linux hands out, so never alive.</summary>
    private const string NobodysPid = "4194305";

    public static LeftOverServer? Read(string pidFile)
    {
        try
        {
            string[] lines = File.ReadAllLines(pidFile);
            return lines.Length > 3 && int.TryParse(lines[0], out int pid) && int.TryParse(lines[3], out int port)
                ? new LeftOverServer(pid, port)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>True when the pid is that of a live PostgreSQL working in <paramref name="dataFolder"/>.</summary>
    public bool IsAlive(string dataFolder)
    {
        try
        {
            using var process = Process.GetProcessById(Pid);
            if (process.HasExited || !process.ProcessName.StartsWith("postgres", StringComparison.Ordinal))
                return false;
            if (!OperatingSystem.IsLinux())
                return true;

            // A zombie and a stranger's process keep the pid but not the working folder.
            string? folder = new DirectoryInfo($"/proc/{Pid}/cwd").ResolveLinkTarget(returnFinalTarget: false)?.FullName;
            return folder == Path.GetFullPath(dataFolder);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// The server running in this folder, once it answers; null when none runs. A pid that is not its own any more is struck from the file,
    /// which stays: PostgreSQL finds its old shared memory by it.
    /// </summary>
    public static async Task<LeftOverServer?> AdoptAsync(ServerFolder folder, Func<int, string> connectionString, CancellationToken ct)
    {
        if (!File.Exists(folder.PidFile))
            return null;

        long started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
        {
            var server = Read(folder.PidFile);
            if (server is null || !server.IsAlive(folder.Data))
            {
                Disown(folder.PidFile);
                return null;
            }

            try
            {
                await using var connection = new NpgsqlConnection(connectionString(server.Port));
                await connection.OpenAsync(ct);
                await using var command = new NpgsqlCommand("show data_directory", connection);
                if (Path.GetFullPath((string)(await command.ExecuteScalarAsync(ct))!) == Path.GetFullPath(folder.Data))
                    return server;
            }
            catch (NpgsqlException failure) when (failure is not PostgresException { SqlState: PostgresErrorCodes.InvalidPassword })
            {
                // It is starting, or on its way down: look again.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, ct);
        }

        throw new EmbeddedServerException(
            $"A PostgreSQL server left over in {folder.Data} runs but does not answer. Its log is {folder.LogFile}; end it, then start again.");
    }

    /// <summary>Ends a server whose password nobody knows any more.</summary>
    public static async Task EndAsync(ServerFolder folder, CancellationToken ct)
    {
        if (Read(folder.PidFile) is not { } server || !server.IsAlive(folder.Data))
            return;

        Signals.Send(server.Pid, Signals.Interrupt);
        while (server.IsAlive(folder.Data))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
    }

    private static void Disown(string pidFile)
    {
        if (!File.Exists(pidFile))
            return;

        string[] lines = File.ReadAllLines(pidFile);
        if (lines.Length > 0)
            lines[0] = NobodysPid;
        File.WriteAllLines(pidFile, lines);
    }
}
