using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests.Parts;

/// <summary>One scheduler's machine: its process, which is ended and started again, its clock, its folder and its log.</summary>
internal sealed class SchedulerProcess(string name, string folder, Func<string, IReadOnlyDictionary<string, string?>> settings) : IAsyncDisposable
{
    private static readonly TimeSpan WorkersLeaveWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(30);

    private readonly List<ProcessFault> _faults = [];
    private readonly string _clock = Path.Combine(folder, name + ".clock");
    private readonly string _work = Path.Combine(folder, name);
    private readonly Lock _lock = new();
    private Process? _process;
    private Process? _ending;
    private int _starts;
    private TimeSpan _longestLeave;

    public string Name => name;

    public int ProcessId => _process!.Id;

    public string LogFile => Path.Combine(folder, name + ".log");

    /// <summary>How often it was started.</summary>
    public int Starts => _starts;

    /// <summary>How long its workers took at most to be gone after it.</summary>
    public TimeSpan LongestLeave => _longestLeave;

    /// <summary>Taken while something happens to it that another event must not happen to at the same time.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    public IReadOnlyList<ProcessFault> Faults
    {
        get
        {
            lock (_lock)
            {
                return [.. _faults];
            }
        }
    }

    private string Who => string.Create(CultureInfo.InvariantCulture, $"{name}.{_starts}");

    public void Start()
    {
        Directory.CreateDirectory(_work);
        _starts++;

        // exec keeps the process id; the shell is there to write output and errors into one file.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$0\" --urls=http://127.0.0.1:0 >>\"$1\" 2>&1", Assemblies.Metadata("ChaosHost"), LogFile])
        {
            WorkingDirectory = _work,
            RedirectStandardInput = true,
        };
        foreach (var (key, value) in settings(Who))
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["Scheduler__WorkFolder"] = _work;
        start.Environment["AGENCY_CHAOS_CLOCK"] = _clock;
        start.Environment["AGENCY_PARENT_WATCH"] = "stdin";
        var process = Process.Start(start)!;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => Ended(process);
        _process = process;
    }

    /// <summary>kill -9, and every worker that it started must follow. What has not become one yet is the next start's to end.</summary>
    public async Task KillAsync()
    {
        _ending = _process;
        Signal(_process!.Id, Signals.Kill);
        await EndAsync("was killed", TimeSpan.FromSeconds(10), () => Workers().FindAll(worker => !IsUnbegun(worker)));
    }

    /// <summary>SIGTERM, as a rolling update does. Nothing at all may be left.</summary>
    public async Task TerminateAsync()
    {
        _ending = _process;
        Signal(_process!.Id, Signals.Terminate);

        // 143: ended by the signal itself, which came before the runtime had taken signals over. Nothing had begun.
        if (await EndAsync("was told to stop", StopsWithin, Workers) && _process.ExitCode is not (0 or 143))
        {
            Fault($"was told to stop and exited with code {_process.ExitCode}");
        }
    }

    /// <param name="withWorkers">As a laptop that falls asleep; else the process alone.</param>
    public void Freeze(bool withWorkers) => SignalAll(withWorkers, Signals.Stop);

    public void Thaw(bool withWorkers) => SignalAll(withWorkers, Signals.Continue);

    /// <summary>Sets its clock wrong by so much.</summary>
    public void SetClock(TimeSpan offset)
    {
        var draft = _clock + ".new";
        File.WriteAllText(draft, ((int)offset.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        File.Move(draft, _clock, overwrite: true);
    }

    /// <summary>kill -9 of one of its workers. Returns whether there was one.</summary>
    public bool KillWorker(Random random)
    {
        var workers = Workers();
        return workers.Count > 0 && Signal(workers[random.Next(workers.Count)], Signals.Kill);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _ending = _process;
            SignalAll(withWorkers: true, Signals.Continue);
            Signal(_process.Id, Signals.Kill);
            await _process.WaitForExitAsync();
        }

        Turn.Dispose();
    }

    private async Task<bool> EndAsync(string how, TimeSpan within, Func<List<int>> remaining)
    {
        using var limit = new CancellationTokenSource(within, TimeProvider.System);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Fault($"{how} and still ran after {within.TotalSeconds:0} s");
            Signal(_process!.Id, Signals.Kill);
            return false;
        }

        var ended = TimeProvider.System.GetTimestamp();
        while (remaining() is { Count: > 0 } left)
        {
            if (TimeProvider.System.GetElapsedTime(ended) > WorkersLeaveWithin)
            {
                Fault($"{how} and left {left.Count} workers behind: {string.Join("; ", left.Select(Describe))}");
                left.ForEach(worker => Signal(worker, Signals.Kill));
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        _longestLeave = TimeProvider.System.GetElapsedTime(ended) is var took && took > _longestLeave ? took : _longestLeave;
        return true;
    }

    private void Ended(Process process)
    {
        if (process != _ending)
        {
            Fault($"ended by itself with code {process.ExitCode}: {string.Join(" | ", File.ReadLines(LogFile).TakeLast(5))}");
        }
    }

    private void Fault(string what)
    {
        lock (_lock)
        {
            _faults.Add(new ProcessFault(Who, what));
        }
    }

    /// <summary>Processes that work in folders below its own: each worker has one.</summary>
    private List<int> Workers()
    {
        var found = new List<int>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out var id)
                    && File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName.StartsWith(_work + "/", StringComparison.Ordinal) is true)
                {
                    found.Add(id);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended in this very moment.
            }
        }

        return found;
    }

    /// <summary>
    /// Whether it is the second of bubblewrap's processes, without the first: when that is killed before it has let this one go, it waits for ever.
    /// </summary>
    private static bool IsUnbegun(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").Trim() == "bwrap" && Status(process, "PPid") == "1" && Status(process, "NSpid").Contains('\t', StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return false; // It has ended in this very moment.
        }
    }

    private static string Describe(int process)
    {
        try
        {
            return $"{process} {File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ')} {Status(process, "State")}, parent {Status(process, "PPid")}, waits in {File.ReadAllText($"/proc/{process}/wchan")}";
        }
        catch (IOException)
        {
            return $"{process}, which has ended by now";
        }
    }

    private static string Status(int process, string name) =>
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();

    private void SignalAll(bool withWorkers, int signal)
    {
        Signal(_process!.Id, signal);
        if (withWorkers)
        {
            Workers().ForEach(worker => Signal(worker, signal));
        }
    }

    private static bool Signal(int process, int signal) =>
        Send(process, signal) == 0 || (Marshal.GetLastPInvokeError() == Signals.NoSuchProcess ? false : throw new Win32Exception());

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int process, int signal);

    /// <summary>Linux's numbers.</summary>
    private static class Signals
    {
        public const int Kill = 9;
        public const int Terminate = 15;
        public const int Continue = 18;
        public const int Stop = 19;
        public const int NoSuchProcess = 3;
    }
}
