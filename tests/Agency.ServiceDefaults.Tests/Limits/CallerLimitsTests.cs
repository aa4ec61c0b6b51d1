using System.Net;
using System.Text;
using Agency.Data;
using Agency.Testing.Mcp;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Tests.Limits;

public sealed class CallerLimitsTests : IDisposable
{
    private readonly TestTokens _tokens = new();

    public void Dispose() => _tokens.Dispose();

    [Fact]
    public async Task Caller_WhoAsksTooMuch_IsToldWhenToComeBackAndHindersNobodyElse()
    {
        await using var server = await StartAsync(("Limits:CallerPerSecond", "1"));
        var eager = _tokens.Operator("context");

        using var refused = await UntilRefusedAsync(server, eager);

        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.Contains("Too many requests", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var other = await PostAsync(server, _tokens.Operator("context"));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Run_HasALimitOfItsOwn()
    {
        await using var server = await StartAsync(("Limits:CallerPerSecond", "1"));
        var run = _tokens.Run("context", "acme", RunId.New(TimeProvider.System), "list_notes");
        for (var i = 0; i < 30; i++)
        {
            using var answer = await PostAsync(server, run);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no.such.token")]
    public async Task Stranger_WhoAsksTooMuch_IsHeldUpAndHoldersOfTokensAreNot(string? token)
    {
        await using var server = await StartAsync(("Limits:AnonymousPerSecond", "1"));

        using var refused = await UntilRefusedAsync(server, token);

        using var holder = await PostAsync(server, _tokens.Operator("context"));
        Assert.Equal(HttpStatusCode.OK, holder.StatusCode);
        using var health = await server.CreateHttpClient().GetAsync(new Uri("/health", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task Health_AskedTooMuch_IsHeldUpAndNothingElseIs()
    {
        await using var server = await StartAsync(("Limits:AnonymousPerSecond", "1"));
        using var client = server.CreateHttpClient();
        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            return answer.StatusCode;
        }

        var health = new List<HttpStatusCode>();
        for (var i = 0; i < 500 && health.LastOrDefault() is not HttpStatusCode.TooManyRequests; i++)
        {
            health.Add(await StatusAsync("/health"));
        }

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (health[0], health[^1]));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/alive"));
        using var stranger = await PostAsync(server, token: null);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task Body_LargerThanAllowed_IsRefused()
    {
        await using var server = await StartAsync();
        using var client = server.CreateHttpClient(_tokens.Operator("context"));
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json, text/event-stream");
        client.DefaultRequestHeaders.ExpectContinue = true; // Lets the server refuse by the length alone.
        using var body = new ByteArrayContent(new byte[26 * 1024 * 1024]) { Headers = { ContentType = new("application/json") } };

        using var answer = await client.PostAsync(new Uri("/mcp", UriKind.Relative), body);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("Limits:CallerPerSecond", "0", "Limits:CallerPerSecond must be from 1")]
    [InlineData("Limits:PerMinute:sign-in", "-1", "Limits:PerMinute:sign-in must be from 1")]
    public async Task Start_WithALimitThatMakesNoSense_NamesTheSetting(string setting, string value, string says)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync((setting, value)));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "http://127.0.0.1:5102")]
    [InlineData("http://0.0.0.0:8080", "http://0.0.0.0:8080")]
    public void Server_ListensOnLoopback_UnlessItIsToldOtherwise(string urls, string expected)
    {
        // Built and not started: the address is the one of a user's own agency.
        var app = SampleServer.Build([$"--urls={urls}", "--http_ports=", .. _tokens.Settings.Select(pair => $"--{pair.Key}={pair.Value}")]);
        Assert.Equal(expected, app.Configuration["urls"]);
    }

    private static async Task<HttpResponseMessage> UntilRefusedAsync(RunningServer server, string? token)
    {
        for (var i = 0; i < 500; i++)
        {
            var answer = await PostAsync(server, token);
            if (answer.StatusCode is HttpStatusCode.TooManyRequests)
            {
                return answer;
            }

            answer.Dispose();
        }

        throw new InvalidOperationException("500 requests and none was refused.");
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningServer server, string? token)
    {
        using var client = server.CreateHttpClient(token);
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json, text/event-stream");
        using var body = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", Encoding.UTF8, "application/json");
        return await client.PostAsync(new Uri("/mcp", UriKind.Relative), body);
    }

    private Task<RunningServer> StartAsync(params (string Key, string? Value)[] settings) =>
        SampleServer.StartAsync(_tokens, null, [.. settings.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))]);
}
