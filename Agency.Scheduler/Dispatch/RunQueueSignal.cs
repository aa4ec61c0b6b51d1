using Agency.ServiceDefaults.WakeUps;

namespace Agency.Scheduler.Dispatch;

/// <summary>Where the dispatcher waits: woken by other processes, by the planner of this one, and by a place that became free.</summary>
internal sealed class RunQueueSignal(IWakeUps wakeUps, TimeProvider time) : IDisposable
{
    private readonly WakeUpLoop _loop = new(wakeUps, Topics.Runs, time);

    public void Wake() => _loop.Wake();

    public Task WaitAsync(TimeSpan interval, CancellationToken cancellationToken) => _loop.WaitAsync(interval, cancellationToken);

    public void Dispose() => _loop.Dispose();
}
