using System.Diagnostics;

namespace Agency.EmbeddedServers.Postgres;

/// <summary>
/// The operating system's user that PostgreSQL runs as. PostgreSQL refuses to run as root, so root hands it to another user; everyone else
/// runs it as himself (<see cref="Name"/> is null).
/// </summary>
internal sealed class ServerUser
{
    private static readonly string[] Candidates = ["postgres", "nobody"];

    private ServerUser(string? name) => Name = name;

    public string? Name { get; }

    public static async Task<ServerUser> FindAsync(CancellationToken ct)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return new ServerUser(null);

        foreach (string candidate in Candidates)
        {
            if ((await SelfAsync("id", ["-u", candidate], ct)).Succeeded)
                return new ServerUser(candidate);
        }

        throw new EmbeddedServerException(
            "PostgreSQL refuses to run as root, and there is neither a user 'postgres' nor 'nobody' to run it as. " +
            "Create one (useradd --system postgres) or start as an ordinary user.");
    }

    /// <summary>Runs a program to its end as the user of this process.</summary>
    public static Task<CommandResult> SelfAsync(string file, IEnumerable<string> arguments, CancellationToken ct) =>
        new ServerUser(null).RunAsync(file, arguments, ct);

    /// <summary>Runs a program to its end as this user, with nothing in its environment that would steer PostgreSQL's tools.</summary>
    public async Task<CommandResult> RunAsync(string file, IEnumerable<string> arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = OperatingSystem.IsWindows() ? "" : "/",
        };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("PG", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["LC_MESSAGES"] = "C";
        if (Name is not null)
        {
            start.UserName = Name;
            start.Environment["HOME"] = "/";
        }

        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var error = process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return new CommandResult(process.ExitCode, (await output + await error).Trim());
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            return new CommandResult(-1, $"{file}: {failure.Message}");
        }
    }
}

/// <summary>How a program ended and what it said, both streams in one.</summary>
internal readonly record struct CommandResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}
