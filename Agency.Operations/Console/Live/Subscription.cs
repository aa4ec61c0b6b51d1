using System.Threading.Channels;

namespace Agency.Operations.Console.Live;

/// <summary>One viewer's ear. It keeps only the newest rendering: who is slow skips the ones between.</summary>
internal sealed class Subscription(Action<Subscription> onDispose) : IDisposable
{
    private readonly Channel<string> _newest = Channel.CreateBounded<string>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Send(string html) => _newest.Writer.TryWrite(html);

    /// <summary>The newest rendering that was not taken yet; null when <paramref name="patience"/> ended without one.</summary>
    public async Task<string?> TakeAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _newest.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => onDispose(this);
}
