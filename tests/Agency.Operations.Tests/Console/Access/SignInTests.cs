using System.Net;
using Agency.ServiceDefaults.Identity;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agency.Operations.Tests.Console.Access;

/// <summary>Who comes in, and who does not.</summary>
public sealed class SignInTests(ConsoleFixture console) : IClassFixture<ConsoleFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

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
        var cookie = SessionCookie.In(answer);
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.InRange(SessionCookie.Expiry(cookie), issued.ExpiresAt.AddSeconds(-30), issued.ExpiresAt);
        Assert.DoesNotContain(issued.Token, cookie, StringComparison.Ordinal);
        using var client = ConsoleFixture.Client(console.Operations.Server, SessionCookie.Value(cookie));
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
        Assert.False(SessionCookie.IsIn(second));
        Assert.Contains("A code works once", await second.Content.ReadAsStringAsync(None), StringComparison.Ordinal);
        using var client = ConsoleFixture.Client(console.Operations.Server, SessionCookie.Value(SessionCookie.In(first)));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/", None)).StatusCode);
    }

    [Fact]
    public async Task SignIn_CodeWhoseSessionCannotBeWritten_CanBeUsedAgain()
    {
        var code = await console.CodeAsync();
        await console.Operations.Database.ExecuteAsync("alter table agency.audit_log add constraint broken check (action <> 'console.sign_in') not valid");
        HttpStatusCode failed;
        try
        {
            using var answer = await SignInAsync(code);
            failed = answer.StatusCode;
        }
        finally
        {
            await console.Operations.Database.ExecuteAsync("alter table agency.audit_log drop constraint broken");
        }

        using var again = await SignInAsync(code);

        Assert.Equal((HttpStatusCode.InternalServerError, HttpStatusCode.SeeOther), (failed, again.StatusCode));
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
    public async Task SignIn_TokenRevokedAMomentAgo_OpensNoSession()
    {
        await using var server = await console.Operations.StartServerAsync(
            builder => builder.Services.Replace(ServiceDescriptor.Singleton<ITokenRevocation>(new RevocationList()))); // Has not heard of it.
        var issued = await console.Operations.OperatorAsync("issue_token", """{"role":"operator","name":"just revoked"}""");
        await console.Operations.OperatorAsync("revoke_token", $$"""{"token_id":"{{issued.Of("token_id")}}"}""");

        using var answer = await ConsoleFixture.SignInAsync(server, issued.Of("token")!);

        Assert.Equal((HttpStatusCode.Unauthorized, false), (answer.StatusCode, SessionCookie.IsIn(answer)));
        Assert.Contains("This token is not valid here", await answer.Content.ReadAsStringAsync(None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_CompanysToken_IsRefusedAndSaysWhy()
    {
        using var answer = await SignInAsync(console.Operations.Tokens.Company("operations", ConsoleSeed.Client));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(SessionCookie.IsIn(answer));
        Assert.Contains("belongs to a client", await answer.Content.ReadAsStringAsync(None), StringComparison.Ordinal);
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
        Assert.False(SessionCookie.IsIn(answer));
        Assert.Contains("role=\"alert\"", await answer.Content.ReadAsStringAsync(None), StringComparison.Ordinal);
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
    public async Task Cookie_PublicAddressIsHttps_IsSecure()
    {
        await using var server = await console.Operations.StartServerAsync(null, new KeyValuePair<string, string?>("Servers:operations", "https://operations.agency.test"));
        var token = console.Operations.Tokens.Operations.Issue(TokenRequest.ForOperator("test", TimeSpan.FromHours(1), ["https://operations.agency.test/mcp"])).Token;
        using var answer = await ConsoleFixture.SignInAsync(server, token);
        Assert.All(answer.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
    }

    private Task<HttpResponseMessage> SignInAsync(string secret, string? returnTo = null) => ConsoleFixture.SignInAsync(console.Operations.Server, secret, returnTo);
}
