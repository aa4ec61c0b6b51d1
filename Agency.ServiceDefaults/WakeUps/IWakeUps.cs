namespace Agency.ServiceDefaults.WakeUps;

/// <summary>
/// Tells other processes that there may be work, after a commit. A hint and nothing more: it may be lost or doubled, it carries no data,
/// and whoever waits for it polls as well. Without Redis every call does nothing.
/// </summary>
public interface IWakeUps
{
    /// <summary>Never throws but for cancellation.</summary>
    Task PublishAsync(string topic, CancellationToken cancellationToken = default);

    /// <summary>
    /// Calls <paramref name="onWakeUp"/>, which must be quick and must not throw, for each wake-up until disposed; also once whenever the connection
    /// comes back, since wake-ups may have been missed. Never blocks.
    /// </summary>
    IDisposable Subscribe(string topic, Action onWakeUp);
}
