using Agency.Operations.Console.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Operations.Tests.Console;

public sealed class ConsoleFeedTests(ConsoleFixture console) : IClassFixture<ConsoleFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private ConsoleFeed Feed => console.Operations.Server.Services.GetRequiredService<ConsoleFeed>();

    [Fact]
    public async Task Subscribe_SamePage_SharesOneRendering()
    {
        using var first = Feed.Subscribe(FeedKey.Of("odd"));
        var html = await TakeAsync(first);
        using var second = Feed.Subscribe(FeedKey.Of("odd"));
        using var other = Feed.Subscribe(FeedKey.Of(ConsoleSeed.Client));

        Assert.NotNull(html);
        Assert.Same(html, await TakeAsync(second));
        Assert.Contains("weekly_reporting", await TakeAsync(other), StringComparison.Ordinal);
        Assert.DoesNotContain("weekly_reporting", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunOnce_NothingChanged_SendsNothing()
    {
        using var subscription = Feed.Subscribe(FeedKey.Of(ConsoleSeed.Client, console.Seed.FailedRun.ToString()));
        Assert.NotNull(await TakeAsync(subscription));

        await Feed.RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.Null(await subscription.TakeAsync(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken));

        await console.Operations.Database.ExecuteAsync(
            "insert into agency.run_event (company_id, run_id, attempt, at, type, message) values ($1, $2, 2, now(), 'note', 'Something new')", ConsoleSeed.Client, console.Seed.FailedRun);
        Assert.Contains("Something new", await TakeAsync(subscription), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunOnce_FindingSeenAgain_SendsNothingAndClosed_SendsIt()
    {
        await console.Operations.Database.ExecuteAsync("""
            insert into agency.finding (finding_id, kind, company_id, subject, message, opened_at, seen_at)
            values (gen_random_uuid(), 'company_at_cap', 'odd', '', 'All that it may have are executing.', now(), now())
            """);
        using var subscription = Feed.Subscribe(FeedKey.Of("odd"));
        Assert.Contains("company at cap", await TakeAsync(subscription), StringComparison.Ordinal);

        await console.Operations.Database.ExecuteAsync("update agency.finding set seen_at = now()");
        await Feed.RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.Null(await subscription.TakeAsync(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken));

        await console.Operations.Database.ExecuteAsync("update agency.finding set closed_at = now() where kind = 'company_at_cap'");
        Assert.DoesNotContain("company at cap", await TakeAsync(subscription), StringComparison.Ordinal);
    }

    private static Task<string?> TakeAsync(Subscription subscription) =>
        subscription.TakeAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
}
