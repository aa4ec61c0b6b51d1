using System.Runtime.InteropServices;

namespace Agency.EmbeddedServers.Postgres;

/// <summary>
/// Where fetched PostgreSQL programs are kept, one place per user and shared by all state folders. As root it must be reachable for the
/// server's user, and nobody else may have made it.
/// </summary>
internal static class BinaryCache
{
    public static string Platform
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
            return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    public static async Task<string> FolderAsync(ServerUser user, CancellationToken ct)
    {
        if (user.Name is null)
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            string folder = Path.Combine(home.Length > 0 ? home : Path.GetTempPath(), "agency", "postgres-programs");
            Directory.CreateDirectory(folder);
            return folder;
        }

        const string Shared = "/var/tmp/agency-postgres-programs";
        Directory.CreateDirectory(Shared);
        var owned = await RootOwnsAsync(Shared, ct);
        if (!owned)
        {
            throw new EmbeddedServerException(
                $"{Shared} does not belong to root, so programs in it cannot be trusted. Remove it, then start again.");
        }

        return Shared;
    }

    private static async Task<bool> RootOwnsAsync(string folder, CancellationToken ct)
    {
        // Only ever asked on Unix; .NET has no call for a file's owner there.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var root = await ServerUser.SelfAsync("sh", ["-c", "test -O \"$1\" && ! test -L \"$1\"", "sh", folder], ct);
        return root.Succeeded;
    }
}
