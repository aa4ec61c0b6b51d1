using System.Net;
using Agency.ServiceDefaults.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agency.Operations.Tests.Console;

public sealed class ConsoleAccessTests(ConsoleFixture console) : IClassFixture<ConsoleFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("/")]
    [InlineData("/runs/acme-demo/0199aaaa-0000-7000-8000-000000000000")]
    public async Task Page_Anonymous_AsksToSignIn(string path)
    {
        using var client = Client();
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
        using var client = Client();
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

    [Theory]
    [InlineData("operator")]
    [InlineData("viewer")]
    public async Task SignIn_OfTheAgency_SetsACookieThatEndsWithTheToken(string role)
    {
        var issued = console.Operations.Tokens.Operations.Issue(role == "operator"
            ? TokenRequest.ForOperator("test", TimeSpan.FromHours(2), [Testing.Mcp.TestTokens.Audience("operations")])
            : TokenRequest.ForViewer("test", TimeSpan.FromHours(2), [Testing.Mcp.TestTokens.Audience("operations")]));

        using var answer = await SignInAsync(issued.Token);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/", answer.Headers.Location!.OriginalString);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"expires={issued.ExpiresAt:R}", cookie, StringComparison.OrdinalIgnoreCase);
        using var client = ConsoleFixture.Client(console.Operations.Server, issued.Token);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/", None)).StatusCode);
    }

    [Fact]
    public async Task Cookie_PublicAddressIsHttps_IsSecure()
    {
        await using var server = await console.Operations.StartServerAsync(null, new KeyValuePair<string, string?>("Servers:operations", "https://operations.agency.test"));
        var token = console.Operations.Tokens.Operations.Issue(TokenRequest.ForOperator("test", TimeSpan.FromHours(1), ["https://operations.agency.test/mcp"])).Token;
        using var client = ConsoleFixture.Client(server);
        using var form = Form(token);
        using var answer = await client.PostAsync("/sign-in", form, None);
        Assert.Contains("; secure", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task SignIn_CompanysToken_IsRefusedAndSaysWhy()
    {
        using var answer = await SignInAsync(console.Operations.Tokens.Company("operations", ConsoleSeed.Client));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Contains("belongs to a client", await answer.Content.ReadAsStringAsync(None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_CompanysTokenAsCookie_IsRefused()
    {
        using var client = ConsoleFixture.Client(console.Operations.Server, console.Operations.Tokens.Company("operations", ConsoleSeed.Client));
        foreach (var path in (string[])["/", "/events", $"/console/reports/{ConsoleSeed.Client}/{console.Seed.Report}.pdf"])
        {
            using var answer = await client.GetAsync(path, None);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a token")]
    [InlineData("context")]
    public async Task SignIn_NoTokenOfThisServer_IsRefused(string token)
    {
        using var answer = await SignInAsync(token == "context" ? console.Operations.Tokens.Operator("context") : token);
        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized]);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Contains("role=\"alert\"", await answer.Content.ReadAsStringAsync(None), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "https://evil.test")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Forms_SentByAnotherSite_AreRefused(string header, string value)
    {
        using var client = Client();
        client.DefaultRequestHeaders.Add(header, value);
        using var form = Form(console.OperatorToken);
        foreach (var path in (string[])["/sign-in", "/sign-out"])
        {
            using var answer = await client.PostAsync(path, form, None);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }
    }

    [Theory]
    [InlineData("/?client=acme-demo", "/?client=acme-demo")]
    [InlineData("//evil.test/", "/")]
    [InlineData("/\\evil.test/", "/")]
    [InlineData("https://evil.test/", "/")]
    public async Task SignIn_ReturnPath_StaysHere(string asked, string expected)
    {
        using var answer = await SignInAsync(console.OperatorToken, asked);
        Assert.Equal(expected, answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Mcp_Cookie_OpensNothing()
    {
        using var client = ConsoleFixture.Client(console.Operations.Server, console.OperatorToken);
        using var body = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", null, "application/json");
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json, text/event-stream");
        using var answer = await client.PostAsync("/mcp", body, None);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task SignOut_RemovesTheCookie()
    {
        using var client = ConsoleFixture.Client(console.Operations.Server, console.OperatorToken);
        using var answer = await client.PostAsync("/sign-out", null, None);
        Assert.Equal("/sign-in", answer.Headers.Location!.OriginalString);
        Assert.Contains("agency-console=; expires=Thu, 01 Jan 1970", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoked_TokenInUse_EndsPagesAndStreams()
    {
        var list = new RevocationList();
        await using var server = await console.Operations.StartServerAsync(
            builder => builder.Services.Replace(ServiceDescriptor.Singleton<ITokenRevocation>(list)));
        using var client = ConsoleFixture.Client(server, console.OperatorToken);
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
        Assert.Contains("no longer valid", await answer.Content.ReadAsStringAsync(deadline.Token), StringComparison.Ordinal);
    }

    private static FormUrlEncodedContent Form(string token, string? returnTo = null) =>
        new(new Dictionary<string, string> { ["token"] = token, ["return"] = returnTo ?? "" });

    private HttpClient Client() => ConsoleFixture.Client(console.Operations.Server);

    private async Task<HttpResponseMessage> SignInAsync(string token, string? returnTo = null)
    {
        using var client = Client();
        using var form = Form(token, returnTo);
        return await client.PostAsync("/sign-in", form, None);
    }

    private sealed class RevocationList : ITokenRevocation
    {
        public volatile bool Revoked;

        public ValueTask<bool> IsRevokedAsync(string tokenId, CancellationToken cancellationToken) => ValueTask.FromResult(Revoked);
    }
}
