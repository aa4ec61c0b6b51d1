using System.Security.Cryptography;
using System.Text;

namespace Agency.EmbeddedServers.Postgres;

/// <summary>The folder that belongs to the server's user: <c>data</c>, and the server's log beside it.</summary>
internal sealed record ServerFolder(string Root)
{
    public string Data => Path.Combine(Root, "data");

    public string LogFile => Path.Combine(Root, "postgres.log");

    public string PidFile => Path.Combine(Data, "postmaster.pid");

    /// <summary>The version that made the data, or null when there is none yet.</summary>
    public int? Major =>
        File.Exists(Path.Combine(Data, "PG_VERSION"))
            ? int.Parse(File.ReadAllText(Path.Combine(Data, "PG_VERSION")).Trim(), System.Globalization.CultureInfo.InvariantCulture)
            : null;

    /// <summary>Makes the folder below <paramref name="folder"/>, or below /var/tmp where the server's user cannot reach that.</summary>
    public static async Task<ServerFolder> PrepareAsync(string folder, ServerUser user, Action<string> log, CancellationToken ct)
    {
        string inside = Path.Combine(folder, "server");
        if (OperatingSystem.IsWindows() || user.Name is null)
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(inside);
            else
                Directory.CreateDirectory(inside, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new ServerFolder(inside);
        }

        if (await HandOverAsync(inside, user, ct))
            return new ServerFolder(inside);

        if (Directory.EnumerateFileSystemEntries(inside).Any())
        {
            throw new EmbeddedServerException(
                $"PostgreSQL runs as user {user.Name} here and cannot use the database in {inside}: it was made by another user, or a folder above it " +
                "was closed since. Start as the user who made it, open the folders above it (chmod o+x), or set AGENCY_HOME to another folder.");
        }

        Directory.Delete(inside);
        string outside = $"/var/tmp/agency-postgres-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..12]}";
        log($"The user {user.Name} that PostgreSQL runs as cannot reach {folder}: the database lies in {outside}.");
        await SetAsideStrangerAsync(folder, outside, user, log, ct);
        if (!await HandOverAsync(outside, user, ct))
            throw new EmbeddedServerException($"{outside} cannot be used by user {user.Name}. Remove it, then start again.");

        return new ServerFolder(outside);
    }

    private static async Task<bool> HandOverAsync(string path, ServerUser user, CancellationToken ct)
    {
        if (!OperatingSystem.IsWindows() && !Directory.Exists(path))
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var handed = await ServerUser.SelfAsync("chown", ["-h", $"{user.Name}:", path], ct);
            if (!handed.Succeeded)
                return false;
        }

        return (await user.RunAsync("sh", ["-c", "test -O \"$1\" && cd \"$1\" && test -w .", "sh", path], ct)).Succeeded;
    }

    /// <summary>
    /// A state folder that was deleted leaves its database behind below /var/tmp; its password is gone with the state, so a new state starts
    /// afresh and the old database is kept aside.
    /// </summary>
    private static async Task SetAsideStrangerAsync(string folder, string outside, ServerUser user, Action<string> log, CancellationToken ct)
    {
        string mine = Path.Combine(folder, "database-id");
        string theirs = Path.Combine(outside, "database-id");
        string? id = File.Exists(mine) ? File.ReadAllText(mine) : null;
        if (Directory.Exists(outside) && (id is null || !File.Exists(theirs) || File.ReadAllText(theirs) != id))
        {
            await LeftOverServer.EndAsync(new ServerFolder(outside), ct);
            string aside = $"{outside}-{TimeProvider.System.GetUtcNow():yyyyMMddHHmmss}";
            Directory.Move(outside, aside);
            log($"A database of an earlier, deleted state folder was in the way; it is now {aside} and may be removed.");
        }

        if (id is null)
            await File.WriteAllTextAsync(mine, id = Guid.NewGuid().ToString("N"), ct);
        if (!Directory.Exists(outside) && await HandOverAsync(outside, user, ct))
            await File.WriteAllTextAsync(theirs, id, ct);
    }
}
