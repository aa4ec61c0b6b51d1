using Agency.ServiceDefaults.WakeUps;
using Microsoft.Extensions.Time.Testing;

namespace Agency.ServiceDefaults.Tests.WakeUps;

public sealed class WakeUpLoopTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly OneTopic _wakeUps = new();

    [Fact]
    public async Task Wait_WithoutWakeUp_EndsWithTheInterval()
    {
        using var loop = new WakeUpLoop(_wakeUps, "t", _time);
        var wait = loop.WaitAsync(Interval, CancellationToken.None);

        _time.Advance(Interval - TimeSpan.FromSeconds(1));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await wait);
    }

    [Fact]
    public async Task Wait_AfterSeveralWakeUps_EndsOnceAtOnce()
    {
        using var loop = new WakeUpLoop(_wakeUps, "t", _time);
        _wakeUps.Fire();
        _wakeUps.Fire();

        Assert.True(await loop.WaitAsync(Interval, CancellationToken.None));
        Assert.False(loop.WaitAsync(Interval, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Wait_WokenWhileWaiting_Ends()
    {
        using var loop = new WakeUpLoop(_wakeUps, "t", _time);
        var wait = loop.WaitAsync(Interval, CancellationToken.None);

        _wakeUps.Fire();

        Assert.True(await wait);
    }

    [Fact]
    public async Task Wait_Cancelled_Throws()
    {
        using var loop = new WakeUpLoop(_wakeUps, "t", _time);
        using var stop = new CancellationTokenSource();
        var wait = loop.WaitAsync(Interval, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public void Dispose_Unsubscribes()
    {
        new WakeUpLoop(_wakeUps, "t", _time).Dispose();

        Assert.Null(_wakeUps.Listener);
        _wakeUps.Fire();
    }

    private sealed class OneTopic : IWakeUps
    {
        public Action? Listener { get; private set; }

        public void Fire() => Listener?.Invoke();

        public Task PublishAsync(string topic, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public IDisposable Subscribe(string topic, Action onWakeUp)
        {
            Listener = onWakeUp;
            return new Subscription(this);
        }

        private sealed class Subscription(OneTopic owner) : IDisposable
        {
            public void Dispose() => owner.Listener = null;
        }
    }
}
