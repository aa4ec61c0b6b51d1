using System.Diagnostics;
using System.Text;
using Agency.Scheduler.Gateway;
using Agency.WorkerProtocol;

namespace Agency.Scheduler.Workers;

/// <summary>
/// One child process with its folder and its gateway. It serves one run at most. Its standard input stays open until the end: the worker
/// leaves when it closes, also when this process is killed.
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int ErrorsKept = 4096;

    private static readonly TimeSpan ExitTime = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly WorkFolder _folders;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly RunEventReader _reader;
    private readonly IAsyncEnumerator<RunEventLine> _events;
    private readonly CancellationTokenSource _reading = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _readingErrors;
    private bool _isThrough;
    private bool _disposed;

    private WorkerProcess(Process process, WorkerGateway gateway, WorkFolder folders, string folder, TimeProvider time)
    {
        (_process, Gateway, _folders, _folder, _time) = (process, gateway, folders, folder, time);
        gateway.ProcessId = process.Id;
        _reader = new RunEventReader(process.StandardOutput.BaseStream);
        _events = _reader.ReadAllAsync(_reading.Token).GetAsyncEnumerator(_reading.Token);
        _readingErrors = Task.Run(ReadErrorsAsync);
    }

    public WorkerGateway Gateway { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The folder that is the worker's own.</summary>
    public string Folder => _folder;

    /// <param name="command">How to start it.</param>
    /// <param name="folders">Where its folder is made.</param>
    /// <param name="gateways">Opens its gateway.</param>
    /// <param name="time">The clock.</param>
    public static async Task<WorkerProcess> StartAsync(
        WorkerCommand command, WorkFolder folders, GatewayServer gateways, TimeProvider time)
    {
        var folder = folders.CreateWorkerFolder();
        WorkerGateway? gateway = null;
        try
        {
            gateway = await gateways.OpenAsync(Path.Combine(folder, "gateway"));
            var start = new ProcessStartInfo(command.FileName, command.Arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            start.Environment.Clear();
            foreach (var (name, value) in command.Environment)
            {
                start.Environment[name] = value;
            }

            start.Environment["HOME"] = start.Environment[OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR"] = folder;
            var process = Process.Start(start) ?? throw new InvalidOperationException("The worker's process was not started.");
            return new WorkerProcess(process, gateway, folders, folder, time);
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

    /// <summary>The next line of the worker; null at the end of its output.</summary>
    public async Task<RunEventLine?> NextAsync(CancellationToken cancellationToken)
    {
        if (!await _events.MoveNextAsync().AsTask().WaitAsync(cancellationToken))
        {
            return null;
        }

        _isThrough |= _events.Current.Event is OutcomeEvent;
        return _events.Current;
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

        var code = _process.ExitCode > 128 ? $"it was ended by signal {_process.ExitCode - 128}" : $"it exited with code {_process.ExitCode}";
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

    /// <summary>Ends it and every process it has started. After its outcome it is about to leave, and looking for others costs more than a run's call.</summary>
    public void Kill()
    {
        try
        {
            if (_isThrough)
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
        try
        {
            int read;
            while ((read = await _process.StandardError.ReadAsync(buffer, _reading.Token)) > 0)
            {
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
