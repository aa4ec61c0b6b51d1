namespace Agency.ServiceDefaults.WakeUps;

/// <summary>
/// Where a background loop waits between two rounds: until a wake-up or until the interval has passed. Wake-ups that come while a round is
/// running are kept as one, so the next wait ends at once and none is lost.
/// </summary>
public sealed class WakeUpLoop : IDisposable
{
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly IDisposable _subscription;

    public WakeUpLoop(IWakeUps wakeUps, string topic, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(wakeUps);
        _time = time;
        _subscription = wakeUps.Subscribe(topic, Wake);
    }

    /// <summary>Wakes the loop from within the process.</summary>
    public void Wake()
    {
        try
        {
            _signal.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // A wake-up is pending already, or nobody waits any more.
        }
    }

    /// <summary>True when a wake-up ended the wait, false when the interval did.</summary>
    public async Task<bool> WaitAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(interval, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _signal.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _subscription.Dispose();
        _signal.Dispose();
    }
}
