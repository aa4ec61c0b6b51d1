using System.Security.Claims;
using Agency.Operations.Console.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.WakeUps;

namespace Agency.Operations.Console.Live;

/// <summary>
/// Renders what viewers look at whenever it has changed: on a wake-up or every two seconds, once for all viewers of the same thing, and not at all while
/// nobody looks. Every viewer may see everything that the console shows, so it reads with the rights of a viewer.
/// </summary>
internal sealed partial class ConsoleFeed(
    IServiceScopeFactory scopes, IHttpContextAccessor http, IWakeUps wakeUps, TimeProvider time, ILogger<ConsoleFeed> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>However many wake-ups come, no more than two renderings a second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private static readonly ClaimsPrincipal Viewer = new(new ClaimsIdentity(
        [
            new(AgencyClaims.Issuer, AgencyClaims.OperationsIssuer),
            new(AgencyClaims.Subject, "console"),
            new(AgencyClaims.TokenId, "console"),
            new(AgencyClaims.Role, TokenIssuer.RoleName(CallerRole.Viewer)),
        ],
        "console"));

    private readonly WakeUpLoop _loop = new(wakeUps, Topics.Changes, time);
    private readonly ILogger _logger = logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<FeedKey, Watched> _watched = [];
    private bool _failing;

    /// <summary>From now on, beginning with the present state.</summary>
    public Subscription Subscribe(FeedKey key)
    {
        Subscription subscription;
        lock (_lock)
        {
            if (!_watched.TryGetValue(key, out var watched))
            {
                _watched[key] = watched = new Watched();
            }

            subscription = new Subscription(s => Remove(key, s));
            watched.Viewers.Add(subscription);
            if (watched.Html is { } html)
            {
                subscription.Send(html);
            }
        }

        _loop.Wake();
        return subscription;
    }

    /// <summary>Looks once at everything that is watched.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        KeyValuePair<FeedKey, Watched>[] all;
        lock (_lock)
        {
            all = [.. _watched];
        }

        if (all.Length == 0)
        {
            return;
        }

        // The handlers ask the request in hand who is calling; this one lasts as long as the round.
        http.HttpContext = new DefaultHttpContext { User = Viewer };
        await using var scope = scopes.CreateAsyncScope();
        foreach (var (key, watched) in all)
        {
            try
            {
                await RefreshAsync(scope.ServiceProvider, key, watched, cancellationToken);
                _failing = false;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                if (!_failing)
                {
                    Failed(_logger, e);
                }

                _failing = true;
            }
        }
    }

    public override void Dispose()
    {
        _loop.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _loop.WaitAsync(Interval, stoppingToken);
            await RunOnceAsync(stoppingToken);
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task RefreshAsync(IServiceProvider services, FeedKey key, Watched watched, CancellationToken cancellationToken)
    {
        var fragment = await Fragment.ReadAsync(services.GetRequiredService<ConsoleReader>(), key, cancellationToken);
        if (!fragment.IsSuccess || fragment.Value.State.Span.SequenceEqual(watched.State.Span))
        {
            return;
        }

        var html = await fragment.Value.RenderAsync(services, time.GetUtcNow());
        lock (_lock)
        {
            (watched.State, watched.Html) = (fragment.Value.State, html);
            foreach (var viewer in watched.Viewers)
            {
                viewer.Send(html);
            }
        }
    }

    private void Remove(FeedKey key, Subscription subscription)
    {
        lock (_lock)
        {
            if (_watched.TryGetValue(key, out var watched) && watched.Viewers.Remove(subscription) && watched.Viewers.Count == 0)
            {
                _watched.Remove(key);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The console could not be refreshed; it is tried again until it can, and said no more meanwhile.")]
    private static partial void Failed(ILogger logger, Exception exception);

    private sealed class Watched
    {
        public HashSet<Subscription> Viewers { get; } = [];

        public ReadOnlyMemory<byte> State { get; set; }

        public string? Html { get; set; }
    }
}
