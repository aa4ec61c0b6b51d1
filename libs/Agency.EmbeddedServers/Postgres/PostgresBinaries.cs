using System.Text.RegularExpressions;

namespace Agency.EmbeddedServers.Postgres;

/// <summary>A folder with PostgreSQL's programs, proven to run here.</summary>
internal sealed partial record PostgresBinaries(string BinFolder, int Major)
{
    public const int MinimumMajor = 15;

    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    public string InitDb => Tool(BinFolder, "initdb");

    public string PgCtl => Tool(BinFolder, "pg_ctl");

    /// <summary>The programs in <paramref name="folder"/>, or why they cannot be used.</summary>
    public static async Task<(PostgresBinaries? Binaries, string? Problem)> ProbeAsync(
        string folder, int? requiredMajor, ServerUser user, CancellationToken ct)
    {
        if (Needed.FirstOrDefault(name => !File.Exists(Tool(folder, name))) is { } missing)
            return (null, $"has no {missing}");

        var version = await user.RunAsync(Tool(folder, "postgres"), ["--version"], ct);
        if (!version.Succeeded || VersionPattern().Match(version.Output) is not { Success: true } match)
            return (null, $"does not run{(user.Name is null ? "" : $" as user {user.Name}")}: {version.Output}");

        int major = int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        if (major < MinimumMajor)
            return (null, $"is version {major}; {MinimumMajor} or newer is needed");
        if (requiredMajor is not null && major != requiredMajor)
            return (null, $"is version {major}; the data folder was made by version {requiredMajor}");

        return (new PostgresBinaries(folder, major), null);
    }

    /// <summary>
    /// Case rules that treat non-ASCII letters as letters, the same on every machine, and an order by code point that is compared byte by byte:
    /// keys are compared more often than anything else.
    /// </summary>
    public IEnumerable<string> LocaleArguments()
    {
        if (Major >= 17)
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
        if (OperatingSystem.IsWindows())
            return ["--locale-provider=icu", "--icu-locale=und", "--locale=C"];
        return [OperatingSystem.IsMacOS() ? "--locale=en_US.UTF-8" : "--locale=C.UTF-8", "--lc-collate=C"];
    }

    private static string Tool(string folder, string name) => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionPattern();
}
