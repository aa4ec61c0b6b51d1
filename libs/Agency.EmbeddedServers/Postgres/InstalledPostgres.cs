namespace Agency.EmbeddedServers.Postgres;

/// <summary>The places where an installed PostgreSQL is usually found.</summary>
internal static class InstalledPostgres
{
    public static async Task<IReadOnlyList<string>> FoldersAsync(ServerUser user, CancellationToken ct)
    {
        var folders = new List<string>();
        var config = await user.RunAsync("pg_config", ["--bindir"], ct);
        if (config.Succeeded)
            folders.Add(config.Output);

        string program = OperatingSystem.IsWindows() ? "initdb.exe" : "initdb";
        folders.AddRange((Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(folder => File.Exists(Path.Combine(folder, program))));

        folders.AddRange(Below("/usr/lib/postgresql", "*", "bin"));
        folders.AddRange(Below("/usr", "pgsql-*", "bin"));
        folders.AddRange(Below("/opt/homebrew/opt", "postgresql*", "bin"));
        folders.AddRange(Below("/usr/local/opt", "postgresql*", "bin"));
        folders.AddRange(Below("/home/linuxbrew/.linuxbrew/opt", "postgresql*", "bin"));
        folders.AddRange(Below("/Applications/Postgres.app/Contents/Versions", "*", "bin"));
        folders.AddRange(Below(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "*", "bin"));

        return [.. folders.Select(Path.TrimEndingDirectorySeparator).Where(Directory.Exists).Distinct()];
    }

    private static IEnumerable<string> Below(string parent, string pattern, string child) =>
        Directory.Exists(parent) ? Directory.GetDirectories(parent, pattern).Select(folder => Path.Combine(folder, child)) : [];
}
