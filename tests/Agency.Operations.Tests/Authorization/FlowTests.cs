using System.Net;
using System.Text;
using System.Text.Json;
using Agency.Operations.Authorization.Server;
using Agency.Operations.Tests.Console;
using Agency.Operations.Tests.Console.Access;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Agency.Operations.Tests.Authorization;

public sealed class FlowTests(AuthorizationFixture agency) : IClassFixture<AuthorizationFixture>
{
    private static readonly (string, string)[] Everything = [("reach", "agency"), ("access", "write"), ("decision", "allow")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/openid-configuration")]
    public async Task Metadata_ToAnyone_SaysWhatIsOffered(string path)
    {
        using var http = agency.Server.CreateHttpClient();
        using var metadata = JsonDocument.Parse(await http.GetStringAsync(path, Stop));

        string Text(string name) => metadata.RootElement.GetProperty(name).GetString()!;
        string[] List(string name) => [.. metadata.RootElement.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];
        Assert.Equal(agency.Address + "/", Text("issuer"));
        Assert.Equal(agency.Address + "/oauth/authorize", Text("authorization_endpoint"));
        Assert.Equal(agency.Address + "/oauth/token", Text("token_endpoint"));
        Assert.Equal(agency.Address + "/oauth/register", Text("registration_endpoint"));
        Assert.Equal(agency.Address + "/.well-known/jwks.json", Text("jwks_uri"));
        Assert.Equal(["S256"], List("code_challenge_methods_supported"));
        Assert.Equal(["none"], List("token_endpoint_auth_methods_supported"));
        Assert.Equal(["code"], List("response_types_supported"));
        Assert.Equal(["authorization_code", "refresh_token"], List("grant_types_supported"));
        Assert.Equal(["agency:read", "agency:write", "offline_access"], List("scopes_supported").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Resource_NamesTheAuthorizationServer()
    {
        using var http = agency.Server.CreateHttpClient();
        using var metadata = JsonDocument.Parse(await http.GetStringAsync("/.well-known/oauth-protected-resource/mcp", Stop));

        Assert.Equal(agency.Resource, metadata.RootElement.GetProperty("resource").GetString());
        Assert.Equal([agency.Address + "/"], metadata.RootElement.GetProperty("authorization_servers").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(["agency:read", "agency:write"], metadata.RootElement.GetProperty("scopes_supported").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(["header"], metadata.RootElement.GetProperty("bearer_methods_supported").EnumerateArray().Select(item => item.GetString()));
    }

    [Fact]
    public async Task Flow_OperatorAllowsAll_GivesATokenThatIsListedRefreshedAndRevoked()
    {
        var (client, tokens) = await AuthorizedAsync(Everything);
        var mcp = await agency.Server.ConnectAsync(tokens.GetProperty("access_token").GetString());
        var listed = (await mcp.AskAsync("list_tokens"))["items"].EnumerateArray().First(t => t.GetProperty("name").GetString() == "Test client for test operator");
        Assert.Equal("operator", listed.GetProperty("role").GetString());
        Assert.InRange(tokens.GetProperty("expires_in").GetInt32(), 3500, 3600);

        var refreshed = await RefreshAsync(client, tokens);
        Assert.Equal(HttpStatusCode.OK, refreshed.Status);
        Assert.NotEqual(tokens.GetProperty("refresh_token").GetString(), refreshed.Body.GetProperty("refresh_token").GetString());

        await mcp.AskAsync("revoke_token", $$"""{"token_id":"{{listed.GetProperty("token_id").GetString()}}"}""");

        var after = await RefreshAsync(client, refreshed.Body);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (after.Status, after.Body.GetProperty("error").GetString()));
        await using var other = await agency.Operations.StartServerAsync(null, new KeyValuePair<string, string?>("Servers:operations", agency.Address)); // Reads the list anew.
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(other, tokens));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(other, refreshed.Body));
    }

    [Fact]
    public async Task Flow_OneClientToRead_ReachesThatClientAndChangesNothing()
    {
        await agency.Operations.Database.AddCompanyAsync("granted", "株式会社 <Granted>");
        await agency.Operations.Database.AddCompanyAsync("not-granted");

        var (_, tokens) = await AuthorizedAsync([("reach", "company"), ("company", "granted"), ("access", "read"), ("decision", "allow")]);

        Assert.DoesNotContain("agency:write", tokens.GetProperty("scope").GetString(), StringComparison.Ordinal);
        var mcp = await agency.Server.ConnectAsync(tokens.GetProperty("access_token").GetString());
        Assert.Empty((await mcp.AskAsync("list_workflows"))["items"].EnumerateArray());
        (await mcp.AskAsync("list_workflows", """{"client":"not-granted"}""")).IsFailure("not_found", "not-granted");
    }

    [Fact]
    public async Task Grant_OfAClientThatWasErased_DoesNotReachANewOneOfTheSameId()
    {
        await agency.Operations.Database.AddCompanyAsync("erased");
        var (client, tokens) = await AuthorizedAsync([("reach", "company"), ("company", "erased"), ("access", "read"), ("decision", "allow")]);
        var before = await RefreshAsync(client, tokens);
        Assert.Equal(HttpStatusCode.OK, before.Status);

        await agency.Operations.Database.ExecuteAsync("update agency.company set created_at = now() where company_id = $1", "erased");

        var after = await RefreshAsync(client, before.Body);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (after.Status, after.Body.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Tool_BeyondTheScope_Answers403AndTheScopeItNeeds()
    {
        var (_, tokens) = await AuthorizedAsync([("reach", "agency"), ("access", "read"), ("decision", "allow")]);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(agency.Server, tokens));
        using var refused = await CallAsync(agency.Server, tokens.GetProperty("access_token").GetString()!, "register_workflow");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var challenge = Assert.Single(refused.Headers.WwwAuthenticate).ToString();
        Assert.StartsWith("Bearer error=\"insufficient_scope\", scope=\"agency:read agency:write\"", challenge, StringComparison.Ordinal);
        Assert.Contains($"resource_metadata=\"{agency.Address}/.well-known/oauth-protected-resource/mcp\"", challenge, StringComparison.Ordinal);
        using var unreadable = await CallAsync(agency.Server, tokens.GetProperty("access_token").GetString()!, "\\ud800");
        Assert.NotEqual(HttpStatusCode.InternalServerError, unreadable.StatusCode);
        using var byHand = await CallAsync(agency.Operations.Server, agency.Operations.Tokens.Viewer("operations"), "register_workflow");
        Assert.Equal(HttpStatusCode.OK, byHand.StatusCode);
    }

    [Fact]
    public async Task Grant_OfTheWholeAgency_OpensNothingThatWouldOutliveIt()
    {
        var (_, tokens) = await AuthorizedAsync(Everything);
        var token = tokens.GetProperty("access_token").GetString()!;

        var mcp = await agency.Server.ConnectAsync(token);
        (await mcp.AskAsync("issue_token", """{"role":"operator"}""")).IsFailure("forbidden", "outlive the consent");
        using var signIn = await ConsoleFixture.SignInAsync(agency.Server, token);

        Assert.Equal(HttpStatusCode.Forbidden, signIn.StatusCode);
        Assert.False(SessionCookie.IsIn(signIn));
        Assert.Contains("outlive the consent", await signIn.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_ForAnotherServer_IsRefusedHere()
    {
        var (_, tokens) = await AuthorizedAsync(Everything, TestTokens.Audience("context"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(agency.Server, tokens));
    }

    [Fact]
    public async Task Replica_OfTheServer_TakesCodesAndFormsOfTheOther()
    {
        await using var replica = await agency.Operations.StartServerAsync(null, new KeyValuePair<string, string?>("Servers:operations", agency.Address));
        var client = await agency.RegisterAsync();
        var pkce = new Pkce(client, agency.Resource);
        var code = await CodeAsync(pkce, Everything);

        using var http = replica.CreateHttpClient();
        using var form = new FormUrlEncodedContent(Exchange(client, pkce, code).Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await http.PostAsync("/oauth/token", form, Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Code_UsedTwice_EndsWhatItGave()
    {
        var client = await agency.RegisterAsync();
        var pkce = new Pkce(client, agency.Resource);
        var code = await CodeAsync(pkce, Everything);
        var first = await agency.TokenAsync(Exchange(client, pkce, code));

        var second = await agency.TokenAsync(Exchange(client, pkce, code));

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (second.Status, second.Body.GetProperty("error").GetString()));
        Assert.Equal(HttpStatusCode.BadRequest, (await RefreshAsync(client, first.Body)).Status);
        await using var other = await agency.Operations.StartServerAsync(null, new KeyValuePair<string, string?>("Servers:operations", agency.Address)); // Reads the list anew.
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(other, first.Body));
    }

    [Fact]
    public async Task RefreshToken_UsedAgainLater_EndsWhatItsSuccessorGave()
    {
        var (client, tokens) = await AuthorizedAsync(Everything);
        var successor = await RefreshAsync(client, tokens);
        Assert.Equal(HttpStatusCode.OK, successor.Status);

        // For a moment it may be used again, for a client that did not get the answer.
        await agency.Operations.Database.ExecuteAsync(
            """
            update agency.oauth_token set redemption_date = redemption_date - interval '10 minutes'
            where status = 'redeemed' and application_id = (select id from agency.oauth_client where client_id = $1)
            """,
            client);
        var stolen = await RefreshAsync(client, tokens);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (stolen.Status, stolen.Body.GetProperty("error").GetString()));
        Assert.Equal(HttpStatusCode.BadRequest, (await RefreshAsync(client, successor.Body)).Status);
        await using var other = await agency.Operations.StartServerAsync(null, new KeyValuePair<string, string?>("Servers:operations", agency.Address)); // Reads the list anew.
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(other, successor.Body));
    }

    [Theory]
    [InlineData(29, 1)]
    [InlineData(31, 0)]
    public async Task Pruning_OfSpentRefreshTokens_WaitsUntilNobodyCouldUseThem(int days, int left)
    {
        var (client, tokens) = await AuthorizedAsync(Everything);
        await RefreshAsync(client, tokens);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(days));
        await using var later = await agency.Operations.StartServerAsync(builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time)));

        await later.Services.GetRequiredService<GrantPruning>().RunOnceAsync(Stop);

        Assert.Equal(left, await agency.Operations.Database.ScalarAsync<long>(
            """
            select count(*) from agency.oauth_token t join agency.oauth_client c on c.id = t.application_id
            where c.client_id = $1 and t.status = 'redeemed' and t.type like '%refresh_token'
            """,
            client));
    }

    [Fact]
    public async Task Code_WithoutItsVerifierOrByAnotherClient_GivesNothing()
    {
        var client = await agency.RegisterAsync();
        var pkce = new Pkce(client, agency.Resource);
        var code = await CodeAsync(pkce, Everything);

        foreach (var fields in (IEnumerable<(string, string)[]>)
            [
                Exchange(client, new Pkce(client, agency.Resource), code), Exchange(await agency.RegisterAsync(), pkce, code),
                [.. Exchange(client, pkce, code), ("resource", TestTokens.Audience("context"))],
            ])
        {
            var answer = await agency.TokenAsync(fields);
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.False(answer.Body.TryGetProperty("access_token", out _));
        }
    }

    private static (string Name, string Value)[] Exchange(string client, Pkce pkce, string code) =>
    [
        ("grant_type", "authorization_code"), ("client_id", client), ("code", code), ("code_verifier", pkce.Verifier), ("redirect_uri", AuthorizationFixture.Callback),
    ];

    private static async Task<HttpStatusCode> StatusAsync(RunningServer server, JsonElement tokens)
    {
        using var answer = await CallAsync(server, tokens.GetProperty("access_token").GetString()!, "list_workflows");
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> CallAsync(RunningServer server, string token, string tool)
    {
        using var http = server.CreateHttpClient(token);
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json, text/event-stream");
        using var body = new StringContent(
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"TOOL","arguments":{}}}""".Replace("TOOL", tool, StringComparison.Ordinal), Encoding.UTF8, "application/json");
        return await http.PostAsync("/mcp", body, Stop);
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> RefreshAsync(string client, JsonElement tokens) => agency.TokenAsync(
        ("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", tokens.GetProperty("refresh_token").GetString()!));

    private async Task<string> CodeAsync(Pkce pkce, (string, string)[] choice)
    {
        using var browser = await agency.SignedInAsync();
        await browser.GetAsync(pkce.Url());
        var answer = Pkce.Answer(await browser.SubmitAsync("/oauth/authorize", choice));
        Assert.Equal(("s1", agency.Address + "/"), (answer["state"], answer["iss"]));
        return answer["code"];
    }

    private async Task<(string Client, JsonElement Tokens)> AuthorizedAsync((string, string)[] choice, string? resource = null)
    {
        var client = await agency.RegisterAsync();
        var pkce = new Pkce(client, resource ?? agency.Resource);
        var answer = await agency.TokenAsync(Exchange(client, pkce, await CodeAsync(pkce, choice)));
        Assert.True(answer.Status is HttpStatusCode.OK, answer.Body.ToString());
        return (client, answer.Body);
    }
}
