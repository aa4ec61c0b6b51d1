using System.Diagnostics;
using System.Globalization;
using Agency.Scheduler.Gateway;
using Agency.Scheduler.Sandboxing;
using Agency.WorkerProtocol;

namespace Agency.Scheduler.Workers;

/// <summary>
/// One child process with its folder and its gateway. It serves one run at most. Its standard input stays open until the end: the worker
/// leaves when it closes, also when this process is killed.
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ExitTime = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly WorkFolder _folders;
    private readonly string _folder;
    private readonly Sandbox _sandbox;
    private readonly TimeProvider _time;
    private readonly RunEventReader _reader;
    private readonly IAsyncEnumerator<RunEventLine> _events;
    private readonly CancellationTokenSource _reading = new();
    private readonly WorkerErrors _errors;
    private MemoryWatch? _memory;
    private int? _inner;
    private bool _disposed;

    private WorkerProcess(Process process, Sandbox sandbox, WorkerGateway gateway, WorkFolder folders, string folder, TimeProvider time)
    {
        (_process, _sandbox, Gateway, _folders, _folder, _time) = (process, sandbox, gateway, folders, folder, time);
        _reader = new RunEventReader(process.StandardOutput.BaseStream);
        _events = _reader.ReadAllAsync(_reading.Token).GetAsyncEnumerator(_reading.Token);
        _errors = new WorkerErrors(process, Kill, _reading.Token);
    }

    public WorkerGateway Gateway { get; }

    /// <summary>Of the worker itself once it has been admitted; until then of the process that was started for it.</summary>
    public int Id => _inner ?? _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The folder that is the worker's own.</summary>
    public string Folder => _folder;

    /// <param name="command">What to start.</param>
    /// <param name="sandbox">How.</param>
    /// <param name="folders">Where its folder is made.</param>
    /// <param name="gateways">Opens its gateway.</param>
    /// <param name="time">The clock.</param>
    public static async Task<WorkerProcess> StartAsync(
        WorkerCommand command, Sandbox sandbox, WorkFolder folders, GatewayServer gateways, TimeProvider time)
    {
        if (!sandbox.IsContained)
        {
            OwnProcess.Close();
        }

        var folder = folders.CreateWorkerFolder();
        WorkerGateway? gateway = null;
        try
        {
            gateway = await gateways.OpenAsync(Path.Combine(folder, "gateway"));
            var process = await SpawnThread.StartAsync(sandbox.Start(command, folder));
            return new WorkerProcess(process, sandbox, gateway, folders, folder, time);
        }
        catch
        {
            if (gateway is not null)
            {
                await gateway.DisposeAsync();
            }

            folders.Delete(folder);
            throw;
        }
    }

    /// <summary>What the worker tells from now on is rewritten first.</summary>
    public void Rewrite(Func<byte[], byte[]> rewrite) => _reader.Rewrite = rewrite;

    /// <summary>Limits the worker, which has said that it is ready and has read nothing of its run, and opens its gateway to it alone.</summary>
    /// <exception cref="WorkerStartException">It cannot be limited, or not be told from others.</exception>
    public void Admit()
    {
        _inner = _sandbox.HasWrapper ? ProcessTree.OnlyChild(_process.Id) : _process.Id;
        if (_sandbox.IsContained && !IsConfined(Id))
        {
            throw new WorkerStartException("the worker has not confined itself, so it is of another build than this scheduler; deploy both together");
        }

        WorkerLimits.Apply(Id, _sandbox);
        _memory = MemoryWatch.Start(Id, _sandbox.Options.MemoryMegabytes, Kill, _time);
        Gateway.ProcessId = Id;
    }

    /// <summary>The next line of the worker; null at the end of its output.</summary>
    public async Task<RunEventLine?> NextAsync(CancellationToken cancellationToken)
    {
        return await _events.MoveNextAsync().AsTask().WaitAsync(cancellationToken) ? _events.Current : null;
    }

    /// <exception cref="IOException">The worker is gone.</exception>
    public async Task SendAsync(byte[] line, CancellationToken cancellationToken)
    {
        var input = _process.StandardInput.BaseStream;
        await input.WriteAsync(line, cancellationToken);
        await input.FlushAsync(cancellationToken);
    }

    /// <summary>Why it ended without an outcome, in words: its exit code and what it said last.</summary>
    public async Task<string> DescribeEndAsync()
    {
        if (!await ExitsAsync())
        {
            return "it closed its output and went on";
        }

        var errors = await _errors.LastAsync(ExitTime, _time);
        if (_errors.HasFlooded)
        {
            return $"it wrote more than {WorkerErrors.Most} bytes to its standard error and was ended";
        }

        if (_memory is { HasExceeded: true })
        {
            return $"it took more memory than the {_sandbox.Options.MemoryMegabytes} MB that it may and was ended";
        }

        var code = WorkerEnd.Describe(_process.ExitCode, _sandbox.HasWrapper && _inner is not null);
        return errors.Length == 0 ? code : $"{code}: {errors}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Kill();
        _process.StandardInput.Close();
        await ExitsAsync();
        if (_sandbox.HasWrapper && _inner is null)
        {
            // A wrapper that somebody else ended while it was starting has left its second process waiting: see WorkFolder.
            ProcessTree.KillIn(_folder);
        }

        await _reading.CancelAsync();
        _memory?.Dispose();
        await Gateway.DisposeAsync();
        _process.Dispose();
        _reading.Dispose();
        _folders.Delete(_folder);
    }

    /// <summary>Ends it and every process it has started. These have to be looked for where nothing contains it, or not yet.</summary>
    public void Kill()
    {
        try
        {
            switch (_sandbox)
            {
                case { HasWrapper: true } when _inner is { } inner:
                    ProcessTree.Kill(_process, inner);
                    break;
                case { IsContained: true, HasWrapper: false }:
                    _process.Kill();
                    break;
                default:
                    ProcessTree.Kill(_process);
                    break;
            }
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It has ended, it or one of its children, in this very moment.
        }
    }

    /// <summary>As the kernel has it: that it has no privileges and cannot gain any, and that its system calls are filtered.</summary>
    private static bool IsConfined(int process)
    {
        try
        {
            var status = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status"));
            return status.Contains("CapPrm:\t0000000000000000") && status.Contains("NoNewPrivs:\t1") && status.Contains("Seccomp:\t2");
        }
        catch (IOException)
        {
            return false; // It has just ended.
        }
    }

    private async Task<bool> ExitsAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(ExitTime, _time);
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return _process.HasExited;
        }
    }
}
