using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Agency.Operations.Console.Access;
using Agency.Operations.Console.Data;
using Agency.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Agency.Operations.Console.Live;

/// <summary>
/// A page's server-sent events: <c>page</c> with the new rendering, <c>ping</c> when nothing changed for a while, <c>bye</c> when the token
/// has ended.
/// </summary>
internal sealed class ConsoleEvents(ConsoleFeed feed, ConsoleReader reader, ITokenRevocation revocation, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<Results<ServerSentEventsResult<string>, ProblemHttpResult>> GetAsync(
        string? client, string? run, Caller caller, HttpContext http, CancellationToken cancellationToken)
    {
        var key = FeedKey.Of(client, run);
        var fragment = await Fragment.ReadAsync(reader, key, cancellationToken);
        if (!fragment.IsSuccess)
        {
            // Not 204 or 5xx: a 404 ends the browser's attempts.
            return TypedResults.Problem(fragment.Error.Message, statusCode: StatusCodes.Status404NotFound, title: "Not found");
        }

        http.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(ListenAsync(key, caller.TokenId, ConsoleAccess.ExpiryOf(http.User), cancellationToken));
    }

    private async IAsyncEnumerable<SseItem<string>> ListenAsync(
        FeedKey key, string tokenId, DateTimeOffset expiry, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A stream that nobody ends would hold up the server's exit.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        using var subscription = feed.Subscribe(key);
        yield return Item("hello");
        while (await TakeAsync(subscription, either.Token) is { } item)
        {
            if (time.GetUtcNow() >= expiry || await revocation.IsRevokedAsync(tokenId, cancellationToken))
            {
                yield return Item("bye");
                yield break;
            }

            yield return item;
        }
    }

    private async Task<SseItem<string>?> TakeAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            return await subscription.TakeAsync(Patience, time, cancellationToken) is { } html ? new SseItem<string>(html, "page") : Item("ping");
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static SseItem<string> Item(string type) => new("", type);
}
