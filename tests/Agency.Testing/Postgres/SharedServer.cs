using System.Diagnostics;
using Agency.EmbeddedServers;
using Agency.EmbeddedServers.Postgres;

namespace Agency.Testing;

/// <summary>
/// Shares one server between processes. Each user of it holds the file <c>users</c> locked as a reader until it dies, however it dies. A
/// guard waits for the writer's lock, which it gets when the last user is gone, and stops the server while holding it; who arrives then waits
/// for the guard and starts the server again.
/// </summary>
internal static class SharedServer
{
    // Reachable from this machine alone and holding nothing but test data.
    private const string Password = "agency-tests";

    /// <summary>Durability is what tests can do without.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["fsync"] = "off",
        ["synchronous_commit"] = "off",
        ["full_page_writes"] = "off",
        ["max_connections"] = "300",
        ["shared_buffers"] = "128MB",
    };

    // Never closed: the operating system does it when the process ends.
    private static FileStream? _membership;

    public static async Task<string> JoinAsync(Func<string, CancellationToken, Task> whenFresh, CancellationToken ct)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"agency-tests-{Environment.UserName}");
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else // As root the server's user must pass through it.
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);

        string users = Path.Combine(folder, "users");
        using var gate = await WaitAsync(() => new FileStream(Path.Combine(folder, "join.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), ct);
        _membership = await WaitAsync(() => new FileStream(users, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read), ct);

        var server = await StartAsync(folder, ct);
        if (!server.IsAdopted)
        {
            await whenFresh(server.ConnectionString, ct);
            Guard(server, users);
        }

        return server.ConnectionString;
    }

    private static async Task<EmbeddedPostgres> StartAsync(string folder, CancellationToken ct)
    {
        var options = new EmbeddedPostgresOptions { Folder = Path.Combine(folder, "postgres"), Password = Password, Settings = Settings };
        try
        {
            return await EmbeddedPostgres.StartAsync(options, ct);
        }
        catch (EmbeddedServerException) when (Directory.Exists(options.Folder))
        {
            // Without fsync a crash of the machine may leave a broken data folder, and an upgrade one of another version: neither is worth keeping.
            Directory.Delete(options.Folder, recursive: true);
            return await EmbeddedPostgres.StartAsync(options, ct);
        }
    }

    /// <summary>Starts the guard, detached from this process. Without <c>flock</c> (macOS, Windows) the server stays until the machine restarts.</summary>
    private static void Guard(EmbeddedPostgres server, string users)
    {
        if (!File.Exists("/usr/bin/flock"))
            return;

        string[] command = ["flock", users, .. server.StopCommand];
        string line = string.Join(' ', command.Select(part => $"'{part.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"setsid {line} </dev/null >/dev/null 2>&1 &"]) { WorkingDirectory = "/" };
        if (server.UserName is not null)
            start.UserName = server.UserName;
        using var shell = Process.Start(start)!;
        shell.WaitForExit();
    }

    private static async Task<FileStream> WaitAsync(Func<FileStream> open, CancellationToken ct)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return open();
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(2))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
            }
        }
    }
}
