namespace Agency.AppHost.Supervision;

/// <summary>Whether a process stands still because somebody debugs it. Linux only; elsewhere the answer is no.</summary>
internal static class DebuggerDetection
{
    public static bool IsDebugged(int processId) =>
        System.Diagnostics.Debugger.IsAttached || IsTraced(processId) || HasManagedDebugger(processId);

    /// <summary>A native debugger, such as gdb or lldb, traces the process.</summary>
    private static bool IsTraced(int processId)
    {
        const string Tracer = "TracerPid:";
        try
        {
            string? line = File.ReadLines($"/proc/{processId}/status").FirstOrDefault(l => l.StartsWith(Tracer, StringComparison.Ordinal));
            return line is not null && line[Tracer.Length..].Trim() != "0";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A debugger of .NET code, such as Visual Studio's, holds the pipes that the runtime made for it.</summary>
    private static bool HasManagedDebugger(int processId)
    {
        string pipe = Path.Combine(Path.GetTempPath(), $"clr-debug-pipe-{processId}-");
        return Directory.Exists("/proc") && Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), out int id) && id != processId)
            .Any(folder => HoldsOpen(folder, pipe));
    }

    private static bool HoldsOpen(string processFolder, string pathPrefix)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(processFolder, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget?.StartsWith(pathPrefix, StringComparison.Ordinal) == true);
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            return false; // It ended, or belongs to somebody else.
        }
    }
}
