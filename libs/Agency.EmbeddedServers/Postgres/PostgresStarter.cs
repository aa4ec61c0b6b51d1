using System.Globalization;
using Agency.EmbeddedServers.Processes;

namespace Agency.EmbeddedServers.Postgres;

/// <summary>Makes the data folder and starts the server in it.</summary>
internal sealed class PostgresStarter(EmbeddedPostgresOptions options, PostgresBinaries binaries, ServerUser user, ServerFolder folder)
{
    public async Task InitialiseAsync(CancellationToken ct)
    {
        if (Directory.Exists(folder.Data))
            throw new EmbeddedServerException($"{folder.Data} exists but holds no database. Remove it, then start again.");

        // A first start that was interrupted must not look like a database: made aside, then moved.
        string fresh = folder.Data + ".new";
        if (Directory.Exists(fresh))
            Directory.Delete(fresh, recursive: true);

        string passwordFile = Path.Combine(folder.Root, "initial-password");
        await WritePasswordAsync(passwordFile, ct);
        try
        {
            var made = await user.RunAsync(
                binaries.InitDb,
                ["-D", fresh, "-U", "postgres", "-A", "scram-sha-256", $"--pwfile={passwordFile}", "--encoding=UTF8", "--no-sync", .. binaries.LocaleArguments()],
                ct);
            if (!made.Succeeded)
                throw new EmbeddedServerException($"initdb ({binaries.BinFolder}) could not make the database in {folder.Root}:\n{made.Output}");
        }
        finally
        {
            File.Delete(passwordFile);
        }

        Directory.Move(fresh, folder.Data);
    }

    /// <summary>Starts on the given port, else on the one remembered in <paramref name="portFile"/>, else on a free one.</summary>
    public async Task<int> StartAsync(string portFile, CancellationToken ct)
    {
        int port = options.Port ?? (File.Exists(portFile) && int.TryParse(await File.ReadAllTextAsync(portFile, ct), out int last) ? last : Ports.FindFree());
        for (int attempt = 1; ; attempt++)
        {
            if (Ports.IsFree(port))
            {
                long from = File.Exists(folder.LogFile) ? new FileInfo(folder.LogFile).Length : 0;
                var started = await user.RunAsync(
                    binaries.PgCtl, ["start", "-D", folder.Data, "-w", "-t", "60", "-s", "-l", folder.LogFile, "-o", ServerArguments(port)], CancellationToken.None);
                if (started.Succeeded)
                {
                    await File.WriteAllTextAsync(portFile, port.ToString(CultureInfo.InvariantCulture), ct);
                    return port;
                }

                string log = await LogSinceAsync(from, ct);
                if (!log.Contains("Address already in use", StringComparison.Ordinal))
                    throw new EmbeddedServerException($"PostgreSQL did not start:\n{started.Output}\n{log}".TrimEnd());
            }

            if (options.Port is not null)
                throw new EmbeddedServerException($"Port {port} is taken, so PostgreSQL cannot listen on it. End what uses it, or choose another port.");
            if (attempt == 5)
                throw new EmbeddedServerException("PostgreSQL found no free port in five attempts.");
            port = Ports.FindFree();
        }
    }

    /// <summary>pg_ctl hands this to a shell; values are quoted for it.</summary>
    private string ServerArguments(int port)
    {
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = "127.0.0.1",
            ["unix_socket_directories"] = "",
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in options.Settings)
            settings[name] = value;

        string quote = OperatingSystem.IsWindows() ? "\"" : "'";
        return string.Join(' ', settings.Select(s => $"-c {quote}{s.Key}={s.Value}{quote}"));
    }

    private async Task WritePasswordAsync(string path, CancellationToken ct)
    {
        var creation = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using (var writer = new StreamWriter(path, creation))
            await writer.WriteAsync(options.Password.AsMemory(), ct);
        if (user.Name is not null)
            await ServerUser.SelfAsync("chown", [$"{user.Name}:", path], ct);
    }

    private async Task<string> LogSinceAsync(long position, CancellationToken ct)
    {
        if (!File.Exists(folder.LogFile))
            return "";
        await using var stream = new FileStream(folder.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(Math.Min(position, stream.Length), SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(ct);
    }
}
