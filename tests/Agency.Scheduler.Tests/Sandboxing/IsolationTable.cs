using Agency.Scheduler.Sandboxing;

namespace Agency.Scheduler.Tests.Sandboxing;

/// <summary>The table in docs/worker-isolation.md: what an attack comes to at each level. The document is what the tests expect.</summary>
internal static class IsolationTable
{
    private static readonly SandboxLevel[] Columns = [SandboxLevel.Bubblewrap, SandboxLevel.Namespaces, SandboxLevel.Landlock, SandboxLevel.Bare];

    private static readonly List<string[]> Rows = [.. File.ReadLines(Document)
        .SkipWhile(line => line != "## What is stopped where")
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])
        .Select(row => row.Length == 2 + Columns.Length ? row : throw new InvalidOperationException($"The row of {row[0]} has {row.Length} columns."))];

    /// <summary>What takes more than a worker: its scheduler has to die.</summary>
    public const string OutliveScheduler = "outlive-scheduler";

    /// <summary>What a worker tries by itself.</summary>
    public static IReadOnlyList<string> AttacksOfAWorker => [.. Rows.Select(row => row[0].Trim('`')).Except([OutliveScheduler])];

    private static string Document
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Agency.sln")))
            {
                folder = folder.Parent!;
            }

            return Path.Combine(folder.FullName, "docs", "worker-isolation.md");
        }
    }

    /// <summary>Whether the document says that it is stopped for a worker of this process's user.</summary>
    public static bool IsStopped(string attack, SandboxLevel level) =>
        Rows.Single(row => row[0].Trim('`') == attack)[2 + Array.IndexOf(Columns, level)] switch
        {
            "stopped" => true,
            "open" => false,
            "open to its owner" => !CanWriteBeside(HostileWorkers.Program),
            "open to root" => !Environment.IsPrivilegedProcess,
            var other => throw new InvalidOperationException($"'{other}' is not how the table of {attack} speaks."),
        };

    private static bool CanWriteBeside(string program)
    {
        try
        {
            var file = program + ".writable";
            File.WriteAllText(file, "");
            File.Delete(file);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
