using System.Diagnostics;
using System.Globalization;
using System.Text;
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
    private const int ErrorsKept = 4096;

    /// <summary>What a worker may write to its standard error before it is ended.</summary>
    private const int MaxErrors = 16 * 1024 * 1024;

    private static readonly TimeSpan ExitTime = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly WorkFolder _folders;
    private readonly string _folder;
    private readonly Sandbox _sandbox;
    private readonly TimeProvider _time;
    private readonly RunEventReader _reader;
    private readonly IAsyncEnumerator<RunEventLine> _events;
    private readonly CancellationTokenSource _reading = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _readingErrors;
    private int? _inner;
    private bool _hasFlooded;
    private bool _disposed;

    private WorkerProcess(Process process, Sandbox sandbox, WorkerGateway gateway, WorkFolder folders, string folder, TimeProvider time)
    {
        (_process, _sandbox, Gateway, _folders, _folder, _time) = (process, sandbox, gateway, folders, folder, time);
        _reader = new RunEventReader(process.StandardOutput.BaseStream);
        _events = _reader.ReadAllAsync(_reading.Token).GetAsyncEnumerator(_reading.Token);
        _readingErrors = Task.Run(ReadErrorsAsync);
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

        await _readingErrors;
        string errors;
        lock (_errors)
        {
            errors = _errors.ToString().Trim();
        }

        if (_hasFlooded)
        {
            return $"it wrote more than {MaxErrors} bytes to its standard error and was ended";
        }

        var code = _process.ExitCode switch
        {
            // The wrapper's own code: the worker leaves with no such.
            1 when _sandbox.HasWrapper && _inner is not null => "it was ended, as the system does when memory or processor time is used up",
            > 128 and var ended => $"it was ended by signal {ended - 128}{Meaning(ended - 128)}",
            var ended => $"it exited with code {ended}",
        };
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
        await _reading.CancelAsync();
        await _readingErrors;
        await Gateway.DisposeAsync();
        _process.Dispose();
        _reading.Dispose();
        _folders.Delete(_folder);
    }

    /// <summary>Ends it and every process it has started. Only where nothing contains it have these to be looked for.</summary>
    public void Kill()
    {
        try
        {
            if (_sandbox.HasWrapper)
            {
                ProcessTree.Kill(_process, Id);
            }
            else if (_sandbox.IsContained)
            {
                _process.Kill();
            }
            else
            {
                ProcessTree.Kill(_process);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It has ended, it or one of its children, in this very moment.
        }
    }

    /// <summary>As the kernel has it: that it cannot gain privileges, and that its system calls are filtered.</summary>
    private static bool IsConfined(int process)
    {
        try
        {
            var status = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status"));
            return status.Contains("NoNewPrivs:\t1") && status.Contains("Seccomp:\t2");
        }
        catch (IOException)
        {
            return false; // It has just ended.
        }
    }

    private static string Meaning(int signal) => signal switch
    {
        9 => ", which the system sends when memory or processor time is used up",
        24 => " (its processor time was used up)",
        25 => " (a file grew too large)",
        _ => "",
    };

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

    private async Task ReadErrorsAsync()
    {
        var buffer = new char[1024];
        var total = 0L;
        try
        {
            int read;
            while ((read = await _process.StandardError.ReadAsync(buffer, _reading.Token)) > 0)
            {
                if ((total += read) > MaxErrors && !_hasFlooded)
                {
                    _hasFlooded = true;
                    Kill();
                }

                lock (_errors)
                {
                    _errors.Append(buffer, 0, read);
                    _errors.Remove(0, Math.Max(0, _errors.Length - ErrorsKept));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The end of the process, one way or another.
        }
    }
}
