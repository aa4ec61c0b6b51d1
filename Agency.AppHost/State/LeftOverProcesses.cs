using System.Text.Json;
using Agency.EmbeddedServers.Processes;
using Microsoft.Extensions.Hosting;

namespace Agency.AppHost.State;

/// <summary>
/// Writes down the processes of this run, so that the next start can end what a killed AppHost left behind. The file counts only in the
/// folder and the boot of the machine that it was written in: in a copied folder it names somebody else's processes.
/// </summary>
internal sealed class LeftOverProcesses(StateFolder state) : BackgroundService
{
    private const string FileName = "processes.json";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, ProcessIdentity> _running = [];

    /// <summary>Set once the resources exist; their processes are followed from then on.</summary>
    public ResourceNotificationService? Notifications { get; set; }

    /// <summary>Ends what an earlier AppHost left running on this state; returns the names of what was ended.</summary>
    public async Task<IReadOnlyList<string>> EndAsync()
    {
        var entries = Read().Where(entry => entry.Process.IsRunning).ToList();
        foreach (var (_, process) in entries)
            Signal(process, Signals.Terminate);
        long started = TimeProvider.System.GetTimestamp();
        while (entries.Exists(e => e.Process.IsRunning) && TimeProvider.System.GetElapsedTime(started) < Patience)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        foreach (var (_, process) in entries)
            Signal(process, Signals.Kill);
        while (entries.Exists(e => e.Process.IsRunning) && TimeProvider.System.GetElapsedTime(started) < Patience * 2)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        return [.. entries.Select(e => e.Resource)];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in Notifications!.WatchAsync(stoppingToken))
        {
            var process = change.Snapshot.ProcessId() is { } id ? ProcessIdentity.Of(id) : null;
            if (process is { } running && _running.GetValueOrDefault(change.ResourceId) != running)
                _running[change.ResourceId] = running;
            else if (process is not null || !_running.Remove(change.ResourceId))
                continue;
            Write();
        }
    }

    private static void Signal(ProcessIdentity process, int signal)
    {
        if (!process.IsRunning)
            return;
        if (OperatingSystem.IsWindows())
        {
            using var found = System.Diagnostics.Process.GetProcessById(process.Id);
            found.Kill(entireProcessTree: true);
        }
        else
        {
            Signals.Send(process.Id, signal);
        }
    }

    private List<Entry> Read()
    {
        try
        {
            var record = JsonSerializer.Deserialize<Record>(File.ReadAllText(state[FileName]));
            return record is not null && record.Folder == state.Path && record.Boot == Boot() ? record.Processes : [];
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private void Write()
    {
        // PostgreSQL is not ended but used again.
        var processes = _running.Where(r => r.Key != "postgres").Select(r => new Entry(r.Key, r.Value)).ToList();
        state.WriteSecret(FileName, JsonSerializer.Serialize(new Record(state.Path, Boot(), processes)));
    }

    /// <summary>This boot of the machine and this process namespace of it, in which alone a process id means anything.</summary>
    private static string Boot()
    {
        const string BootId = "/proc/sys/kernel/random/boot_id", Namespace = "/proc/self/ns/pid";
        return File.Exists(BootId) ? $"{File.ReadAllText(BootId).Trim()} {new FileInfo(Namespace).LinkTarget}" : Environment.MachineName;
    }

    private sealed record Record(string Folder, string Boot, List<Entry> Processes);

    private sealed record Entry(string Resource, ProcessIdentity Process);
}
