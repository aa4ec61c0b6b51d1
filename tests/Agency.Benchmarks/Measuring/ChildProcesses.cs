using System.Globalization;

namespace Agency.Benchmarks.Measuring;

/// <summary>What /proc tells about the processes that this one has started.</summary>
internal static class ChildProcesses
{
    /// <summary>Resident memory in MB of each process below this one whose command line names <paramref name="program"/>; empty where there is no /proc.</summary>
    public static List<double> ResidentMegabytes(string program)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) && Read($"{folder}/stat") is { } stat)
            {
                parents[pid] = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
            }
        }

        bool IsBelowMe(int pid) => parents.TryGetValue(pid, out var parent) && (parent == Environment.ProcessId || IsBelowMe(parent));
        return [.. parents.Keys.Where(IsBelowMe).Select(pid => Resident(pid, program)).OfType<double>()];
    }

    private static double? Resident(int pid, string program)
    {
        // The program itself, not a sandbox or shell that started it with the same words behind.
        var command = Read($"/proc/{pid}/cmdline")?.Split('\0');
        var isIt = command is [var file, ..] && (file.EndsWith(program, StringComparison.Ordinal)
            || (Path.GetFileNameWithoutExtension(file) == "dotnet" && command.Any(c => c.EndsWith(program + ".dll", StringComparison.Ordinal))));
        var line = isIt ? Read($"/proc/{pid}/status")?.Split('\n').FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)) : null;
        return line is null ? null : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
