using MysticMind.PostgresEmbed;

namespace Agency.EmbeddedServers.Postgres;

/// <summary>PostgreSQL's programs downloaded by MysticMind.PostgresEmbed. Only its installer is used: starting is the same for every source.</summary>
internal static class DownloadedPostgres
{
    public const string Version = "17.6.0";

    public static async Task<string> EnsureAsync(ServerUser user, Action<string> log, CancellationToken ct)
    {
        string cache = Path.Combine(await BinaryCache.FolderAsync(user, ct), "download");
        var server = new PgServer(new PgServerOptions { PgVersion = Version, BinariesDir = cache, DbDir = cache });
        if (!Directory.Exists(server.PgBinDir))
            log($"Downloading PostgreSQL {Version} (once).");
        await server.InstallAsync(ct);
        return server.PgBinDir;
    }
}
