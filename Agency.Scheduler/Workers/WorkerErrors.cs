using System.Diagnostics;
using System.Text;

namespace Agency.Scheduler.Workers;

/// <summary>What a worker writes on its standard error: the end of it is kept, and one that floods is told of.</summary>
internal sealed class WorkerErrors
{
    private const int Kept = 4096;

    /// <summary>Characters that a worker may write.</summary>
    public const int Most = 16 * 1024 * 1024;

    private readonly StringBuilder _text = new();
    private readonly Task _reading;
    private volatile bool _hasFlooded;

    public WorkerErrors(Process process, Action onFlood, CancellationToken cancellationToken) =>
        _reading = Task.Run(() => ReadAsync(process.StandardError, onFlood, cancellationToken), CancellationToken.None);

    /// <summary>It wrote more than it may; nothing was read any more.</summary>
    public bool HasFlooded => _hasFlooded;

    /// <summary>What was written last. Waits for the end of the writing only for so long: a process that the worker has left behind may hold it open.</summary>
    public async Task<string> LastAsync(TimeSpan patience, TimeProvider time)
    {
        await _reading.WaitAsync(patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_text)
        {
            return _text.ToString().Trim();
        }
    }

    private async Task ReadAsync(StreamReader errors, Action onFlood, CancellationToken cancellationToken)
    {
        var buffer = new char[1024];
        var total = 0L;
        try
        {
            int read;
            while ((read = await errors.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if ((total += read) > Most)
                {
                    _hasFlooded = true;
                    onFlood();
                    return;
                }

                lock (_text)
                {
                    _text.Append(buffer, 0, read);
                    _text.Remove(0, Math.Max(0, _text.Length - Kept));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The end of the process, one way or another.
        }
    }
}
