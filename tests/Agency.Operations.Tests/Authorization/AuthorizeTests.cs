using System.Net;
using System.Text.RegularExpressions;
using Agency.ServiceDefaults.Identity;
using Agency.Testing.Mcp;

namespace Agency.Operations.Tests.Authorization;

public sealed class AuthorizeTests(AuthorizationFixture agency) : IClassFixture<AuthorizationFixture>
{
    [Fact]
    public async Task Page_NotSignedIn_AsksToSignInAndComesBack()
    {
        var url = new Pkce(await agency.RegisterAsync(), agency.Resource).Url();
        using var browser = new Browser(new Uri(agency.Address));

        var asked = await browser.GetAsync(url);
        Assert.Equal(HttpStatusCode.Unauthorized, asked.StatusCode);
        var signedIn = await browser.SubmitAsync("/sign-in", ("secret", agency.Operations.Tokens.Operations.Issue(
            TokenRequest.ForOperator("pasted", TimeSpan.FromHours(1), [agency.Resource])).Token));
        Assert.Equal(url, signedIn.Headers.Location!.OriginalString);
        await browser.GetAsync(url);

        Assert.Contains("Give “Test client” access?", browser.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_BegunByAnotherSite_SendsTheBrowserOnceMore()
    {
        var url = new Pkce(await agency.RegisterAsync(), agency.Resource).Url();
        using var browser = new Browser(new Uri(agency.Address));

        await browser.GetAsync(url, ("Sec-Fetch-Site", "cross-site"));

        var next = Regex.Match(browser.Html, "content=\"0; url=([^\"]+)\"").Groups[1].Value;
        Assert.Equal(url, WebUtility.HtmlDecode(next));
    }

    [Fact]
    public async Task Page_OfAViewer_GivesNothing()
    {
        using var browser = new Browser(new Uri(agency.Address));
        await browser.GetAsync("/sign-in");
        await browser.SubmitAsync("/sign-in", ("secret", agency.Operations.Tokens.Operations.Issue(
            TokenRequest.ForViewer("v", TimeSpan.FromHours(1), [agency.Resource])).Token));

        var answer = await browser.GetAsync(new Pkce(await agency.RegisterAsync(), agency.Resource).Url());

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("Only an operator", browser.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_SignedIn_NamesWhatIsAskedAndLeadsBackToTheClientAlone()
    {
        using var browser = await agency.SignedInAsync();

        var answer = await browser.GetAsync(new Pkce(await agency.RegisterAsync("Nice <b>tool</b>"), agency.Resource).Url());

        Assert.Contains("Nice &lt;b&gt;tool&lt;/b&gt;", browser.Html, StringComparison.Ordinal);
        Assert.Contains(agency.Resource, browser.Html, StringComparison.Ordinal);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.EndsWith("form-action 'self' http://127.0.0.1:43215", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("resource", null, "invalid_target")]
    [InlineData("resource", "https://evil.test/mcp", "invalid_target")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("scope", "agency:everything", "invalid_scope")]
    public async Task Request_ThatIsWrong_IsRefusedWithTheError(string parameter, string? value, string error)
    {
        using var browser = await agency.SignedInAsync();
        await RefusedAsync(browser, new Pkce(await agency.RegisterAsync(), agency.Resource).Url((parameter, value)), error);
    }

    [Fact]
    public async Task Request_ForTwoResources_IsRefused()
    {
        using var browser = await agency.SignedInAsync();
        await RefusedAsync(
            browser, new Pkce(await agency.RegisterAsync(), agency.Resource).Url() + "&resource=" + Uri.EscapeDataString(TestTokens.Audience("context")), "invalid_target");
    }

    [Theory]
    [InlineData("redirect_uri", "https://evil.test/", "invalid_request")]
    [InlineData("redirect_uri", "http://127.0.0.1:43215/other", "invalid_request")]
    [InlineData("redirect_uri", "javascript:alert(1)", "invalid_request")]
    [InlineData("client_id", "unknown", "invalid_request")]
    public async Task Request_OfAStranger_LeadsNowhere(string parameter, string value, string error)
    {
        using var browser = await agency.SignedInAsync();
        await RefusedAsync(browser, new Pkce(await agency.RegisterAsync(), agency.Resource).Url((parameter, value)), error);
    }

    [Fact]
    public async Task Redirect_ToLoopback_MayChooseAnotherPort()
    {
        using var browser = await agency.SignedInAsync();
        await browser.GetAsync(new Pkce(await agency.RegisterAsync(), agency.Resource).Url(("redirect_uri", "http://127.0.0.1:5555/callback")));
        Assert.Contains("http://127.0.0.1:5555", browser.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consent_Declined_TellsTheClient()
    {
        using var browser = await agency.SignedInAsync();
        await browser.GetAsync(new Pkce(await agency.RegisterAsync(), agency.Resource).Url());
        Assert.Equal("access_denied", Pkce.Answer(await browser.SubmitAsync("/oauth/authorize", ("decision", "deny")))["error"]);
    }

    [Theory]
    [InlineData("allow", "consented", "done")]
    [InlineData("deny", "*", "denied")]
    public async Task Consent_GivenOrDeclined_StandsInTheAuditLog(string decision, string chain, string outcome)
    {
        await agency.Operations.Database.AddCompanyAsync("consented");
        var client = await agency.RegisterAsync("Audited client");
        using var browser = await agency.SignedInAsync();
        await browser.GetAsync(new Pkce(client, agency.Resource).Url());

        await browser.SubmitAsync("/oauth/authorize", ("reach", "company"), ("company", "consented"), ("access", "read"), ("decision", decision));

        Assert.Equal(
            $"{chain} test operator {outcome} Audited client company read",
            await agency.Operations.Database.ScalarAsync<string>(
                """
                select concat_ws(' ', chain, actor, outcome, arguments::jsonb ->> 'client_name', arguments::jsonb ->> 'reach', arguments::jsonb ->> 'access')
                from agency.audit_log where action = 'oauth.consent' and target = 'client_id=' || $1
                """,
                client));
    }

    [Fact]
    public async Task Redirect_LeftOutByAClientWithOne_IsThatOne()
    {
        using var browser = await agency.SignedInAsync();
        var client = await agency.RegisterAsync("One address", "https://client.test/back");
        var answer = await browser.GetAsync(new Pkce(client, agency.Resource).Url(("redirect_uri", null)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("https://client.test", browser.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consent_WithoutAntiforgeryToken_GivesNothing()
    {
        using var browser = await agency.SignedInAsync();
        await browser.GetAsync(new Pkce(await agency.RegisterAsync(), agency.Resource).Url());

        var answer = await browser.SubmitAsync("/oauth/authorize",
            ("__RequestVerificationToken", ""), ("reach", "agency"), ("access", "write"), ("decision", "allow"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Theory]
    [InlineData("agency:read", "agency", "write", "")]
    [InlineData("agency:read agency:write", "company", "read", "no-such-company")]
    [InlineData("agency:read agency:write", "", "read", "")]
    public async Task Consent_ToWhatThePageDoesNotOffer_GivesNothing(string scope, string reach, string access, string company)
    {
        using var browser = await agency.SignedInAsync();
        await browser.GetAsync(new Pkce(await agency.RegisterAsync(), agency.Resource).Url(("scope", scope)));

        var answer = await browser.SubmitAsync("/oauth/authorize", ("reach", reach), ("access", access), ("company", company), ("decision", "allow"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
        Assert.Contains("role=\"alert\"", browser.Html, StringComparison.Ordinal);
    }

    /// <summary>A page of ours, and no way to anywhere else.</summary>
    private static async Task RefusedAsync(Browser browser, string url, string error)
    {
        var answer = await browser.GetAsync(url);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
        Assert.Contains("This request is not valid", browser.Html, StringComparison.Ordinal);
        Assert.Contains($"({error})", browser.Html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }
}
