using System.Threading.Channels;

namespace Agency.ServiceDefaults.WakeUps;

/// <summary>
/// Where a background loop waits between two rounds: until a wake-up or until the interval has passed. Wake-ups that come while a round is
/// running are kept as one, so the next wait ends at once and none is lost.
/// </summary>
public sealed class WakeUpLoop : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Channel<bool> _pending = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IDisposable _subscription;

    public WakeUpLoop(IWakeUps wakeUps, string topic, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(wakeUps);
        _time = time;
        _subscription = wakeUps.Subscribe(topic, Wake);
    }

    /// <summary>Wakes the loop from within the process. Cheap, as often as it may be called.</summary>
    public void Wake() => _pending.Writer.TryWrite(true);

    /// <summary>True when a wake-up ended the wait, false when the interval did.</summary>
    public async Task<bool> WaitAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        if (_pending.Reader.TryRead(out _))
        {
            return true;
        }

        using var timeout = new CancellationTokenSource(interval, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _pending.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _subscription.Dispose();
}
