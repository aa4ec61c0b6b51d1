using System.Net;
using Agency.Operations.Console.Access;
using Agency.ServiceDefaults.Identity;
using Agency.Testing.Mcp;
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
    public async Task SignIn_TokenOfTheAgency_SetsACookieThatEndsWithTheToken(string role)
    {
        var issued = console.Operations.Tokens.Operations.Issue(role == "operator"
            ? TokenRequest.ForOperator("test", TimeSpan.FromHours(2), [TestTokens.Audience("operations")])
            : TokenRequest.ForViewer("test", TimeSpan.FromHours(2), [TestTokens.Audience("operations")]));

        using var answer = await SignInAsync(issued.Token);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/", answer.Headers.Location!.OriginalString);
        var cookie = SessionCookie(answer);
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.InRange(Expiry(cookie), issued.ExpiresAt.AddSeconds(-30), issued.ExpiresAt);
        Assert.DoesNotContain(issued.Token, cookie, StringComparison.Ordinal);
        using var client = ConsoleFixture.Client(console.Operations.Server, Value(cookie));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/", None)).StatusCode);
    }

    [Fact]
    public async Task SignIn_Code_OpensASessionOnce()
    {
        var code = await console.CodeAsync();

        using var first = await SignInAsync(code);
        using var second = await SignInAsync(code);

        Assert.Equal(HttpStatusCode.SeeOther, first.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
        Assert.False(HasSession(second));
        Assert.Contains("A code works once", await second.Content.ReadAsStringAsync(None), StringComparison.Ordinal);
        using var client = ConsoleFixture.Client(console.Operations.Server, Value(SessionCookie(first)));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/", None)).StatusCode);
    }

    [Fact]
    public async Task SignIn_SameCodeAtTwoReplicasAtOnce_OpensOneSession()
    {
        await using var replica = await console.Operations.StartServerAsync();
        var code = await console.CodeAsync();

        var answers = await Task.WhenAll(
            from server in (RunningServer[])[console.Operations.Server, replica] from _ in Enumerable.Range(0, 4) select ConsoleFixture.SignInAsync(server, code));

        Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.SeeOther);
        Assert.Equal(7, answers.Count(answer => answer.StatusCode is HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task SignIn_CodeThatIsOver_IsRefused()
    {
        using var answer = await SignInAsync(await console.CodeAsync(TimeSpan.FromMilliseconds(-1)));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Session_OfARevokedToken_EndsToo()
    {
        var issued = await console.Operations.OperatorAsync("issue_token", """{"role":"viewer","name":"short lived"}""");
        using var answer = await SignInAsync(issued.Of("token")!);
        var session = Value(SessionCookie(answer));

        await console.Operations.OperatorAsync("revoke_token", $$"""{"token_id":"{{issued.Of("token_id")}}"}""");

        await using var other = await console.Operations.StartServerAsync(); // Its list of what is revoked is not read yet.
        using var client = ConsoleFixture.Client(other, session);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/", None)).StatusCode);
    }

    [Fact]
    public async Task SignIn_TokenRevokedAMomentAgo_OpensNoSession()
    {
        await using var server = await console.Operations.StartServerAsync(
            builder => builder.Services.Replace(ServiceDescriptor.Singleton<ITokenRevocation>(new RevocationList()))); // Has not heard of it.
        var issued = await console.Operations.OperatorAsync("issue_token", """{"role":"operator","name":"just revoked"}""");
        await console.Operations.OperatorAsync("revoke_token", $$"""{"token_id":"{{issued.Of("token_id")}}"}""");

        using var answer = await ConsoleFixture.SignInAsync(server, issued.Of("token")!);

        Assert.Equal((HttpStatusCode.Unauthorized, false), (answer.StatusCode, HasSession(answer)));
        Assert.Contains("This token is not valid here", await answer.Content.ReadAsStringAsync(None), StringComparison.Ordinal);
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
    public async Task ConsoleLink_Command_PrintsALinkThatSignsIn()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        string[] args = ["--console-link", "--name", "night shift", .. console.Operations.Settings.Select(s => $"--{s.Key}={s.Value}")];

        Assert.True(ConsoleLinkCommand.IsRequested(args));
        Assert.Equal(0, await ConsoleLinkCommand.RunAsync(args, output, errors, None));

        Assert.Equal(1, await AuditedAsync("console_link", Environment.UserName));
        Assert.Equal("night shift", await console.Operations.Database.ScalarAsync<string>("select arguments::jsonb ->> 'name' from agency.audit_log where action = 'console_link'"));
        var link = new Uri(output.ToString().Trim());
        Assert.Equal(("http://operations.agency.test/sign-in", ""), (link.GetLeftPart(UriPartial.Path), errors.ToString()));
        using var answer = await SignInAsync(link.Fragment["#code=".Length..]);
        using var client = ConsoleFixture.Client(console.Operations.Server, Value(SessionCookie(answer)));
        Assert.Contains("Signed in as night shift", await client.GetStringAsync("/", None), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1441")]
    [InlineData("soon")]
    public async Task ConsoleLink_WithWrongTime_SaysSoAndPrintsNothing(string minutes)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Assert.Equal(2, await ConsoleLinkCommand.RunAsync(["--console-link", "--minutes", minutes], output, errors, None));
        Assert.Equal("", output.ToString());
        Assert.Contains("Usage:", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_AgainAndAgain_IsHeldUp()
    {
        await using var server = await console.Operations.StartServerAsync(null, new KeyValuePair<string, string?>("Limits:PerMinute:sign-in", "2"));
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 3; i++)
        {
            answers.Add(await ConsoleFixture.SignInAsync(server, "guess"));
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], answers.Select(answer => answer.StatusCode));
        Assert.InRange(answers[2].Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Cookie_PublicAddressIsHttps_IsSecure()
    {
        await using var server = await console.Operations.StartServerAsync(null, new KeyValuePair<string, string?>("Servers:operations", "https://operations.agency.test"));
        var token = console.Operations.Tokens.Operations.Issue(TokenRequest.ForOperator("test", TimeSpan.FromHours(1), ["https://operations.agency.test/mcp"])).Token;
        using var answer = await ConsoleFixture.SignInAsync(server, token);
        Assert.All(answer.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task SignIn_CompanysToken_IsRefusedAndSaysWhy()
    {
        using var answer = await SignInAsync(console.Operations.Tokens.Company("operations", ConsoleSeed.Client));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(HasSession(answer));
        Assert.Contains("belongs to a client", await answer.Content.ReadAsStringAsync(None), StringComparison.Ordinal);
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

    [Theory]
    [InlineData("")]
    [InlineData("not a token")]
    [InlineData("not.a.token")]
    [InlineData("context")]
    public async Task SignIn_NoTokenOfThisServer_IsRefused(string token)
    {
        using var answer = await SignInAsync(token == "context" ? console.Operations.Tokens.Operator("context") : token);
        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized]);
        Assert.False(HasSession(answer));
        Assert.Contains("role=\"alert\"", await answer.Content.ReadAsStringAsync(None), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "https://evil.test")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Forms_SentByAnotherSite_AreRefused(string header, string value)
    {
        using var client = ConsoleFixture.Client(console.Operations.Server, console.Session);
        foreach (var path in (string[])["/sign-in", "/"])
        {
            using var page = await client.GetAsync(path, None);
            using var form = await ConsoleFixture.FormAsync(page, ("secret", console.OperatorToken));
            using var request = new HttpRequestMessage(HttpMethod.Post, path == "/" ? "/sign-out" : path) { Content = form };
            request.Headers.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).Append($"agency-console={console.Session}"));
            request.Headers.Add(header, value);
            using var answer = await client.SendAsync(request, None);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/sign-out")]
    public async Task Forms_WithoutAntiforgeryToken_AreRefused(string path)
    {
        using var client = ConsoleFixture.Client(console.Operations.Server, console.Session);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("secret", console.OperatorToken)]);
        using var answer = await client.PostAsync(path, form, None);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(HasSession(answer));
    }

    [Fact]
    public async Task SignIn_HugeForm_IsRefused()
    {
        using var answer = await SignInAsync(new string('a', 100_000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("/?client=acme-demo", "/?client=acme-demo")]
    [InlineData("//evil.test/", "/")]
    [InlineData("/\\evil.test/", "/")]
    [InlineData("https://evil.test/", "/")]
    [InlineData("/?client=株式会社", "/")]
    public async Task SignIn_ReturnPath_StaysHere(string asked, string expected)
    {
        using var answer = await SignInAsync(console.OperatorToken, asked);
        Assert.Equal(expected, answer.Headers.Location!.OriginalString);
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
    public async Task SignOut_RemovesTheCookieAndEndsTheSession()
    {
        using var signedIn = await SignInAsync(await console.CodeAsync());
        var session = Value(SessionCookie(signedIn));
        using var client = ConsoleFixture.Client(console.Operations.Server);
        using var get = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Cookie", $"agency-console={session}" } } };
        using var page = await client.SendAsync(get, None);
        using var form = await ConsoleFixture.FormAsync(page);
        using var post = new HttpRequestMessage(HttpMethod.Post, "/sign-out") { Content = form };
        post.Headers.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).Append($"agency-console={session}"));

        using var answer = await client.SendAsync(post, None);

        Assert.Equal("/sign-in", answer.Headers.Location?.OriginalString);
        Assert.Equal(1, await AuditedAsync("console.sign_out", "test"));
        Assert.Contains("agency-console=; expires=Thu, 01 Jan 1970", SessionCookie(answer), StringComparison.Ordinal);
        await using var other = await console.Operations.StartServerAsync(); // Its list of what is revoked is not read yet.
        using var stolen = ConsoleFixture.Client(other, session);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stolen.GetAsync("/", None)).StatusCode);
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

    private static bool HasSession(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.StartsWith("agency-console=", StringComparison.Ordinal));

    private static string SessionCookie(HttpResponseMessage answer) =>
        Assert.Single(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("agency-console=", StringComparison.Ordinal));

    private static string Value(string cookie) => cookie.Split(';')[0].Split('=', 2)[1];

    private static DateTimeOffset Expiry(string cookie) => DateTimeOffset.Parse(
        cookie.Split("expires=")[1].Split(';')[0], System.Globalization.CultureInfo.InvariantCulture);

    private Task<long> AuditedAsync(string action, string actor) => console.Operations.Database.ScalarAsync<long>(
        "select count(*) from agency.audit_log where action = $1 and actor = $2 and outcome = 'done'", action, actor);

    private HttpClient Client() => ConsoleFixture.Client(console.Operations.Server);

    private Task<HttpResponseMessage> SignInAsync(string secret, string? returnTo = null) => ConsoleFixture.SignInAsync(console.Operations.Server, secret, returnTo);

    private sealed class RevocationList : ITokenRevocation
    {
        public volatile bool Revoked;

        public ValueTask<bool> IsRevokedAsync(string tokenId, CancellationToken cancellationToken) => ValueTask.FromResult(Revoked);
    }
}
