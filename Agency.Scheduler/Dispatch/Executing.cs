using Agency.Scheduler.Settling;

namespace Agency.Scheduler.Dispatch;

/// <summary>A run under execution here, and the ways to end it before it ends by itself.</summary>
internal sealed class Executing : IDisposable
{
    private readonly CancellationTokenSource _interrupt = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AttemptResult? _endedAs;
    private volatile bool _lost;

    public CancellationToken Interrupted => _interrupt.Token;

    /// <summary>What an interrupted run is settled as; null when its lease was lost.</summary>
    public AttemptResult? EndedAs => Volatile.Read(ref _endedAs);

    /// <summary>The run is another's now: nothing of it may be written any more.</summary>
    public bool IsLost => _lost;

    /// <summary>Completes when its outcome is written or given up.</summary>
    public Task Done => _done.Task;

    public void End(AttemptResult result)
    {
        if (Interlocked.CompareExchange(ref _endedAs, result, null) is null)
        {
            Interrupt();
        }
    }

    public void Lose()
    {
        _lost = true;
        Interrupt();
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _done.TrySetResult();
    }

    private void Interrupt()
    {
        try
        {
            _interrupt.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run ended in this very moment.
        }
    }
}
