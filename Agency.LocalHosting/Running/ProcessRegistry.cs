using System.Diagnostics;
using System.Text.Json;
using Agency.LocalHosting.Processes;

namespace Agency.LocalHosting.Running;

/// <summary>
/// Writes down the processes that were started, so that what a killed AppHost left behind can be ended at the next start. A pid counts as ours
/// only together with its start time.
/// </summary>
internal sealed class ProcessRegistry(string file, LogSink log)
{
    private static readonly TimeSpan ClockJitter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    public void Add(string resource, Process process)
    {
        DateTime started;
        try
        {
            started = process.StartTime.ToUniversalTime();
        }
        catch (Exception gone) when (gone is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return; // It has ended already.
        }

        lock (_gate)
        {
            _entries.Add(new Entry(resource, process.Id, started));
            Save();
        }
    }

    public void Remove(int pid)
    {
        lock (_gate)
        {
            _entries.RemoveAll(e => e.Pid == pid);
            Save();
        }
    }

    /// <summary>Ends what an earlier AppHost left running.</summary>
    public async Task EndLeftOversAsync(CancellationToken ct)
    {
        var leftOvers = Load().Select(entry => (entry, process: Find(entry))).Where(l => l.process is not null).ToList();
        foreach (var (entry, process) in leftOvers)
        {
            log.Write(entry.Resource, $"Ending process {entry.Pid}, left over from an earlier run.");
            if (OperatingSystem.IsWindows())
                process!.Kill(entireProcessTree: true);
            else
                Signals.Send(entry.Pid, Signals.Terminate);
        }

        foreach (var (_, process) in leftOvers)
        {
            try
            {
                await process!.WaitForExitAsync(ct).WaitAsync(TimeSpan.FromSeconds(3), TimeProvider.System, ct);
            }
            catch (TimeoutException)
            {
                process!.Kill(entireProcessTree: true);
            }

            process!.Dispose();
        }

        lock (_gate)
            Save();
    }

    private static Process? Find(Entry entry)
    {
        try
        {
            var process = Process.GetProcessById(entry.Pid);
            if (!process.HasExited && !IsZombie(entry.Pid) && (process.StartTime.ToUniversalTime() - entry.Started).Duration() < ClockJitter)
                return process;
            process.Dispose();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            // It ended long ago.
        }

        return null;
    }

    /// <summary>It has ended, but in a container without an init process nobody collects it.</summary>
    private static bool IsZombie(int pid)
    {
        string status = $"/proc/{pid}/status";
        return File.Exists(status) && File.ReadLines(status).Any(line => line.StartsWith("State:\tZ", StringComparison.Ordinal));
    }

    private List<Entry> Load()
    {
        try
        {
            return JsonSerializer.Deserialize<List<Entry>>(File.ReadAllText(file)) ?? [];
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException)
        {
            return [];
        }
    }

    private void Save()
    {
        string draft = file + ".new";
        File.WriteAllText(draft, JsonSerializer.Serialize(_entries));
        File.Move(draft, file, overwrite: true);
    }

    private sealed record Entry(string Resource, int Pid, DateTime Started);
}
