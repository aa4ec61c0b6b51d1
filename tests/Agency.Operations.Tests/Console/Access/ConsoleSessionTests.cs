using System.Net;
using Agency.ServiceDefaults.Identity;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agency.Operations.Tests.Console.Access;

/// <summary>What a session opens, and what ends it.</summary>
public sealed class ConsoleSessionTests(ConsoleFixture console) : IClassFixture<ConsoleFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("/")]
    [InlineData("/runs/acme-demo/0199aaaa-0000-7000-8000-000000000000")]
    public async Task Page_Anonymous_AsksToSignIn(string path)
    {
        using var client = ConsoleFixture.Client(console.Operations.Server);
        using var answer = await client.GetAsync(path, None);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync(None);
        Assert.Contains("action=\"/sign-in\"", html, StringComparison.Ordinal);
        Assert.Contains($"name=\"return\" value=\"{path}\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Acme", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_Anonymous_AreRefused()
    {
        using var client = ConsoleFixture.Client(console.Operations.Server);
        using var answer = await client.GetAsync("/events", None);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Page_BearerHeader_OpensNothing()
    {
        using var client = console.Operations.Server.CreateHttpClient(console.OperatorToken);
        using var answer = await client.GetAsync("/", None);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Page_CompanysTokenAsCookie_IsRefused()
    {
        var token = console.Operations.Tokens.Operations.Issue(TokenRequest.ForCompany(
            new Data.CompanyId(ConsoleSeed.Client), canWrite: true, "test", TimeSpan.FromHours(1), [TestTokens.BaseAddress("operations") + "/console"])).Token;
        using var client = ConsoleFixture.Client(console.Operations.Server, token);
        foreach (var path in (string[])["/", "/events", $"/console/reports/{ConsoleSeed.Client}/{console.Seed.Report}.pdf"])
        {
            using var answer = await client.GetAsync(path, None);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Session_AtTheMcpServer_OpensNothing()
    {
        using var client = console.Operations.Server.CreateHttpClient(console.Session);
        using var body = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", null, "application/json");
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json, text/event-stream");
        using var answer = await client.PostAsync("/mcp", body, None);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Mcp_Cookie_OpensNothing()
    {
        using var client = ConsoleFixture.Client(console.Operations.Server, console.Session);
        using var body = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", null, "application/json");
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json, text/event-stream");
        using var answer = await client.PostAsync("/mcp", body, None);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Session_OfARevokedToken_EndsToo()
    {
        var issued = await console.Operations.OperatorAsync("issue_token", """{"role":"viewer","name":"short lived"}""");
        using var answer = await SignInAsync(issued.Of("token")!);
        var session = SessionCookie.Value(SessionCookie.In(answer));

        await console.Operations.OperatorAsync("revoke_token", $$"""{"token_id":"{{issued.Of("token_id")}}"}""");

        await using var other = await console.Operations.StartServerAsync(); // Its list of what is revoked is not read yet.
        using var client = ConsoleFixture.Client(other, session);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/", None)).StatusCode);
    }

    [Fact]
    public async Task Revoked_TokenInUse_EndsPagesAndStreams()
    {
        var list = new RevocationList();
        await using var server = await console.Operations.StartServerAsync(
            builder => builder.Services.Replace(ServiceDescriptor.Singleton<ITokenRevocation>(list)));
        using var client = ConsoleFixture.Client(server, console.Session);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var stream = new StreamReader(await client.GetStreamAsync("/events", deadline.Token));
        Assert.Equal("event: hello", await stream.ReadLineAsync(deadline.Token));

        list.Revoked = true;

        string? line;
        do
        {
            line = await stream.ReadLineAsync(deadline.Token);
            Assert.NotNull(line);
        }
        while (line != "event: bye");
        using var answer = await client.GetAsync("/", deadline.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("Your session is over", await answer.Content.ReadAsStringAsync(deadline.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignOut_RemovesTheCookieAndEndsTheSession()
    {
        using var signedIn = await SignInAsync(await console.CodeAsync());
        var session = SessionCookie.Value(SessionCookie.In(signedIn));
        using var client = ConsoleFixture.Client(console.Operations.Server);
        using var get = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Cookie", $"agency-console={session}" } } };
        using var page = await client.SendAsync(get, None);
        using var form = await ConsoleFixture.FormAsync(page);
        using var post = new HttpRequestMessage(HttpMethod.Post, "/sign-out") { Content = form };
        post.Headers.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).Append($"agency-console={session}"));

        using var answer = await client.SendAsync(post, None);

        Assert.Equal("/sign-in", answer.Headers.Location?.OriginalString);
        Assert.Equal(1, await console.AuditedAsync("console.sign_out", "test"));
        Assert.Contains("agency-console=; expires=Thu, 01 Jan 1970", SessionCookie.In(answer), StringComparison.Ordinal);
        await using var other = await console.Operations.StartServerAsync(); // Its list of what is revoked is not read yet.
        using var stolen = ConsoleFixture.Client(other, session);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stolen.GetAsync("/", None)).StatusCode);
    }

    private Task<HttpResponseMessage> SignInAsync(string secret, string? returnTo = null) => ConsoleFixture.SignInAsync(console.Operations.Server, secret, returnTo);
}
