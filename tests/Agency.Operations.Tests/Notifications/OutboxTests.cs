using System.Collections.Concurrent;
using Agency.Data.Notifications;
using Agency.Operations.Notifications;
using Agency.ServiceDefaults.Outbound;
using Agency.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Agency.Operations.Tests.Notifications;

/// <summary>The outbox on a real database, with an HTTP stub for Slack and a small SMTP server.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private static readonly string[] TwoRecipients = ["ops@example.com", "boss@example.com"];

    private readonly AgencyTestDatabase _database = new();
    private readonly TestVault _vault = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<(string Body, string Key)> _posts = [];
    private readonly ConcurrentQueue<int> _answers = [];
    private WebApplication _slack = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        await _database.AddCompanyAsync("acme");
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        _slack = builder.Build();
        _slack.MapPost("/hook/secret", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            _posts.Enqueue((await reader.ReadToEndAsync(http.RequestAborted), http.Request.Headers["Idempotency-Key"].ToString()));
            return Results.StatusCode(_answers.TryDequeue(out var status) ? status : 200);
        });
        await _slack.StartAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _slack.DisposeAsync();
        await _database.DisposeAsync();
        _vault.Dispose();
    }

    [Fact]
    public async Task Run_WithBothChannels_DeliversOnceByEach()
    {
        await using var smtp = new SmtpStub();
        var id = await NotifyAsync("Escalation: acme/w: <down>");
        using var sender = Sender(Slack(), Email(smtp));

        while (await sender.RunOnceAsync(Stop) > 0)
        {
        }

        Assert.Equal(2, await CountAsync("status = 'delivered' and attempts = 1"));
        var post = Assert.Single(_posts);
        Assert.Contains("&lt;down", System.Text.Json.JsonDocument.Parse(post.Body).RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal($"acme/{id:D}", post.Key);
        var mail = Assert.Single(smtp.Mails);
        Assert.Equal(TwoRecipients, mail.Recipients);
        Assert.Contains("Subject: Escalation: acme/w: <down>", mail.Text, StringComparison.Ordinal);
        Assert.Contains($"Message-Id: <{id:N}.acme@example.com>", mail.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Run_WithoutChannel_RecordsThat()
    {
        await NotifyAsync("s");
        using var sender = Sender();

        Assert.Equal(1, await sender.RunOnceAsync(Stop));
        Assert.Equal(0, await sender.RunOnceAsync(Stop));

        Assert.Equal(1, await CountAsync("channel = 'none' and status = 'not_configured'"));
    }

    [Fact]
    public async Task Run_WhenSlackFails_WaitsLongerEachTimeAndMailIsNotHeldUp()
    {
        await using var smtp = new SmtpStub();
        await NotifyAsync("s");
        _answers.Enqueue(503);
        _answers.Enqueue(503);
        using var sender = Sender(Slack(), Email(smtp));

        await sender.RunOnceAsync(Stop);
        Assert.Equal(1, await CountAsync("channel = 'email' and status = 'delivered'"));
        Assert.Equal(1, await CountAsync("channel = 'slack' and status = 'pending' and attempts = 1 and last_error = 'Slack answered 503.'"));
        await AssertDueAfterAsync(sender, TimeSpan.FromSeconds(10), attempts: 2);
        await AssertDueAfterAsync(sender, TimeSpan.FromSeconds(30), attempts: 3);

        Assert.Equal(1, await CountAsync("channel = 'slack' and status = 'delivered' and attempts = 3"));
        Assert.Single(smtp.Mails);
    }

    [Fact]
    public async Task Run_WhenTheWebhookIsGone_GivesUpAtOnceWithoutShowingIt()
    {
        await NotifyAsync("s");
        _answers.Enqueue(404);
        using var sender = Sender(Slack());

        await sender.RunOnceAsync(Stop);

        Assert.Equal(1, await CountAsync("status = 'failed' and attempts = 1 and last_error like '%404%' and last_error not like '%secret%'"));
    }

    [Fact]
    public async Task Run_WhenEveryAttemptFails_GivesUpAfterTheLast()
    {
        await NotifyAsync("s");
        var dead = new SmtpOptions { Host = "127.0.0.1", Port = 1, From = "agency@example.com", To = "ops@example.com", UseTls = false };
        using var sender = Sender(new EmailChannel(Options.Create(dead)));

        for (var i = 0; i < 10; i++)
        {
            await sender.RunOnceAsync(Stop);
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(1, await CountAsync("status = 'failed' and attempts = 8 and last_error is not null"));
    }

    [Fact]
    public async Task Run_BySeveralSendersAtOnce_DeliversEachOnce()
    {
        for (var i = 0; i < 30; i++)
        {
            await NotifyAsync($"s{i}");
        }

        var senders = Enumerable.Range(0, 4).Select(_ => Sender(Slack())).ToArray();
        await Task.WhenAll(senders.Select(async sender =>
        {
            while (await sender.RunOnceAsync(Stop) > 0)
            {
            }
        }));

        Assert.Equal(30, await CountAsync("status = 'delivered' and attempts = 1"));
        Assert.Equal(30, _posts.Select(p => p.Key).Distinct().Count());
        Assert.Equal(30, _posts.Count);
        Array.ForEach(senders, sender => sender.Dispose());
    }

    [Fact]
    public async Task Claim_OfASenderThatDied_IsTakenAgainAfterItsLease()
    {
        await NotifyAsync("s");
        var store = new OutboxStore(_database.As("operations"));
        await store.ExpandAsync([NotificationChannel.Slack], _time.GetUtcNow(), Stop);
        var lost = Assert.Single(await store.ClaimAsync([NotificationChannel.Slack], 8, 10, TimeSpan.FromMinutes(2), _time.GetUtcNow(), Stop));
        using var sender = Sender(Slack());

        await sender.RunOnceAsync(Stop);
        Assert.Empty(_posts);
        _time.Advance(TimeSpan.FromMinutes(2));
        await sender.RunOnceAsync(Stop);

        Assert.Equal(1, await CountAsync("status = 'delivered' and attempts = 2"));
        await store.FailedAsync(lost, "late news", _time.GetUtcNow(), Stop);
        Assert.Equal(1, await CountAsync("status = 'delivered' and last_error is null"));
    }

    [Fact]
    public async Task Run_ClientWithAWebhookOfItsOwn_IsToldThereTooAndNobodyElse()
    {
        await _database.AddCompanyAsync("globex");
        await SetWebhookAsync($"{_slack.Urls.Single()}/hook/secret");
        await NotifyAsync("for acme");
        await _database.ExecuteAsync(
            "insert into agency.notification (company_id, notification_id, kind, subject, body, created_at) values ('globex', gen_random_uuid(), 'test', 'for globex', 'body', $1)", _time.GetUtcNow());
        using var channel = ClientSlack("127.0.0.1");
        using var sender = Sender(channel);

        while (await sender.RunOnceAsync(Stop) > 0)
        {
        }

        Assert.Contains("for acme", Assert.Single(_posts).Body, StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync("company_id = 'acme' and channel = 'client_slack' and status = 'delivered'"));
        Assert.Equal(1, await CountAsync("company_id = 'globex' and channel = 'none' and status = 'not_configured'"));
        Assert.NotNull(await _database.ScalarAsync<DateTime?>("select last_used_at from agency.company_secret"));
    }

    [Fact]
    public async Task Run_ClientsWebhookLeadsInside_IsNotCalledAndSaysWhy()
    {
        await SetWebhookAsync($"{_slack.Urls.Single()}/hook/secret");
        await NotifyAsync("s");
        using var channel = ClientSlack("");
        using var sender = Sender(channel, Slack());

        await sender.RunOnceAsync(Stop);

        Assert.Equal(1, await CountAsync("channel = 'client_slack' and status = 'failed' and attempts = 1 and last_error like '%loopback%' and last_error not like '%hook%'"));
        Assert.Equal(1, await CountAsync("channel = 'slack' and status = 'delivered'"));
        Assert.Single(_posts);
    }

    [Fact]
    public async Task Run_MessageThatHoldsASecret_LeavesWithoutIt()
    {
        await SetWebhookAsync("https://hooks.example.com/T0/B0/geheim");
        await NotifyAsync("Posting to https://hooks.example.com/T0/B0/geheim failed");
        using var sender = Sender(Slack());

        await sender.RunOnceAsync(Stop);

        var post = Assert.Single(_posts).Body;
        Assert.Contains("Posting to [secret slack_webhook] failed", post, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", post, StringComparison.Ordinal);
    }

    private ClientSlackChannel ClientSlack(string allow) => new(
        _vault.Reader(_database.As("operations")), new OutboundGuard(Options.Create(new OutboundOptions { Allow = allow }), new NoNames()), _vault.Options, _time);

    private Task SetWebhookAsync(string url) => _database.ExecuteAsync(
        "insert into agency.company_secret (company_id, name, ciphertext, set_by, set_at) values ('acme', 'slack_webhook', $1, 'test', now())",
        _vault.Open().Seal(new Data.CompanyId("acme"), "slack_webhook", url).Value);

    private async Task AssertDueAfterAsync(OutboxSender sender, TimeSpan delay, int attempts)
    {
        _time.Advance(delay - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await sender.RunOnceAsync(Stop));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await sender.RunOnceAsync(Stop));
        Assert.Equal(1, await CountAsync($"channel = 'slack' and attempts = {attempts}"));
    }

    private async Task<Guid> NotifyAsync(string subject)
    {
        var id = Guid.CreateVersion7();
        await _database.ExecuteAsync(
            "insert into agency.notification (company_id, notification_id, kind, subject, body, created_at) values ('acme', $1, 'test', $2, 'body', $3)",
            id, subject, _time.GetUtcNow());
        return id;
    }

    private Task<long> CountAsync(string where) => _database.ScalarAsync<long>($"select count(*) from agency.notification_delivery where {where}");

    private SlackChannel Slack() => new(Options.Create(new SlackOptions { WebhookUrl = $"{_slack.Urls.Single()}/hook/secret" }));

    private static EmailChannel Email(SmtpStub smtp) => new(Options.Create(new SmtpOptions
    {
        Host = "127.0.0.1",
        Port = smtp.Port,
        From = "Agency <agency@example.com>",
        To = "ops@example.com, boss@example.com",
        UseTls = false,
    }));

    private OutboxSender Sender(params IDeliveryChannel[] channels) => new(
        new OutboxStore(_database.As("operations")), channels, _vault.Reader(_database.As("operations")), Options.Create(new OutboxOptions()), new NoWakeUps(), _time, NullLogger<OutboxSender>.Instance);

    private sealed class NoNames : IHostResolver
    {
        public Task<IReadOnlyList<System.Net.IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Only addresses are used here.");
    }

    private sealed class NoWakeUps : ServiceDefaults.WakeUps.IWakeUps
    {
        public Task PublishAsync(string topic, CancellationToken cancellationToken) => Task.CompletedTask;

        public IDisposable Subscribe(string topic, Action onWakeUp) => new SemaphoreSlim(0);
    }
}
