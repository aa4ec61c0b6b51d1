using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Agency.ServiceDefaults.WakeUps;

/// <summary>
/// Redis pub/sub. The connection is opened in the background and mended by the client; while it is down publishing does nothing and
/// subscriptions wait.
/// </summary>
internal sealed partial class RedisWakeUps : IWakeUps, IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly Task<ConnectionMultiplexer?> _connecting;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Subscription>> _subscriptions = new(StringComparer.Ordinal);

    // 1 while it is known to be down, so that an outage is logged once.
    private int _down;

    public RedisWakeUps(string connectionString, ILogger<RedisWakeUps> logger)
    {
        _logger = logger;
        _connecting = Task.Run(() => ConnectAsync(connectionString));
    }

    public async Task PublishAsync(string topic, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);

        // Not worth waiting for: whoever should have heard polls.
        if (!_connecting.IsCompletedSuccessfully || await _connecting is not { IsConnected: true } redis)
        {
            return;
        }

        try
        {
            await redis.GetSubscriber().PublishAsync(Channel(topic), RedisValue.EmptyString).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogDown(e);
        }
    }

    public IDisposable Subscribe(string topic, Action onWakeUp)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentNullException.ThrowIfNull(onWakeUp);
        var subscription = new Subscription(this, topic, onWakeUp);
        bool first;
        lock (_lock)
        {
            if (first = !_subscriptions.TryGetValue(topic, out var list))
            {
                _subscriptions[topic] = list = [];
            }

            list!.Add(subscription);
        }

        if (first && _connecting is { IsCompletedSuccessfully: true, Result: { } redis })
        {
            Listen(redis, topic);
        }

        return subscription;
    }

    public async ValueTask DisposeAsync()
    {
        if (await _connecting is { } redis)
        {
            await redis.DisposeAsync();
        }
    }

    private async Task<ConnectionMultiplexer?> ConnectAsync(string connectionString)
    {
        try
        {
            var options = ConfigurationOptions.Parse(connectionString);
            options.AbortOnConnectFail = false;
            options.BacklogPolicy = BacklogPolicy.FailFast;
            var redis = await ConnectionMultiplexer.ConnectAsync(options);
            redis.ConnectionFailed += (_, e) => LogDown(e.Exception);
            redis.ConnectionRestored += (_, _) => OnRestored();
            if (!redis.IsConnected)
            {
                LogDown(null);
            }

            string[] topics;
            lock (_lock)
            {
                topics = [.. _subscriptions.Keys];
            }

            foreach (var topic in topics)
            {
                Listen(redis, topic);
            }

            return redis;
        }
        catch (Exception e)
        {
            // A connection string that cannot be read, say. Wake-ups are a convenience: the service runs without them.
            Unusable(_logger, e);
            return null;
        }
    }

    /// <summary>Subscribing twice is harmless; the client renews it by itself after an outage.</summary>
    private void Listen(ConnectionMultiplexer redis, string topic)
    {
        try
        {
            redis.GetSubscriber().Subscribe(Channel(topic), (_, _) => Signal(topic), CommandFlags.FireAndForget);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogDown(e);
        }
    }

    private void OnRestored()
    {
        if (Interlocked.Exchange(ref _down, 0) == 1)
        {
            Restored(_logger);
        }

        string[] topics;
        lock (_lock)
        {
            topics = [.. _subscriptions.Keys];
        }

        foreach (var topic in topics)
        {
            Signal(topic);
        }
    }

    private void Signal(string topic)
    {
        Subscription[] listeners;
        lock (_lock)
        {
            listeners = _subscriptions.TryGetValue(topic, out var list) ? [.. list] : [];
        }

        foreach (var listener in listeners)
        {
            listener.OnWakeUp();
        }
    }

    private void LogDown(Exception? e)
    {
        if (Interlocked.Exchange(ref _down, 1) == 0)
        {
            Down(_logger, e);
        }
    }

    private static RedisChannel Channel(string topic) => RedisChannel.Literal("agency:" + topic);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis is not reachable: no wake-ups until it is back, loops poll at their intervals.")]
    private static partial void Down(ILogger logger, Exception? exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis is back: wake-ups work again.")]
    private static partial void Restored(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis cannot be used: no wake-ups, loops poll at their intervals. Check ConnectionStrings:redis.")]
    private static partial void Unusable(ILogger logger, Exception exception);

    private sealed class Subscription(RedisWakeUps owner, string topic, Action onWakeUp) : IDisposable
    {
        public Action OnWakeUp { get; } = onWakeUp;

        // The channel itself stays subscribed: topics are few and fixed, and an idle one costs nothing.
        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._subscriptions[topic].Remove(this);
            }
        }
    }
}
