using System.Net;
using System.Text;
using System.Text.Json;
using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Agency.ServiceDefaults.Tests.Identity;

public sealed class TokenAcceptanceTests : IDisposable
{
    private const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";

    private readonly TestTokens _tokens = new();

    public void Dispose() => _tokens.Dispose();

    [Fact]
    public async Task Mcp_WithoutToken_Answers401AndWhereTheMetadataIs()
    {
        await using var server = await SampleServer.StartAsync(_tokens);
        using var client = server.CreateHttpClient();

        using var response = await PostAsync(client);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var challenge = Assert.Single(response.Headers.WwwAuthenticate);
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.Equal("resource_metadata=\"http://context.agency.test/.well-known/oauth-protected-resource/mcp\"", challenge.Parameter);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("context.agency.test")]
    public async Task Metadata_WithoutToken_NamesThePublicResource(string? host)
    {
        await using var server = await SampleServer.StartAsync(_tokens);
        using var client = server.CreateHttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/oauth-protected-resource/mcp");
        request.Headers.Host = host;

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("http://context.agency.test/mcp", document.RootElement.GetProperty("resource").GetString());
    }

    [Fact]
    public async Task Mcp_WithEachGoodToken_IsOpen()
    {
        await using var server = await SampleServer.StartAsync(_tokens);
        string[] good =
        [
            _tokens.Operator("context"), _tokens.Viewer("context"), _tokens.Company("context", "acme"), _tokens.Run("context", "acme", RunId.New(TimeProvider.System), "list_notes"),
        ];

        foreach (var token in good)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, token));
        }
    }

    [Fact]
    public async Task Mcp_WithTokenOfAnotherAudience_Answers401()
    {
        await using var server = await SampleServer.StartAsync(_tokens);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, _tokens.Operator("operations")));
    }

    [Fact]
    public async Task Mcp_WithTokenOfAnotherAgency_Answers401()
    {
        using var others = new TestTokens();
        await using var server = await SampleServer.StartAsync(_tokens);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, others.Operator("context")));
    }

    [Fact]
    public async Task Mcp_WithRevokedToken_Answers401AndOthersPass()
    {
        var revoked = _tokens.Operations.Issue(TokenRequest.ForOperator("x", TimeSpan.FromHours(1), [TestTokens.Audience("context")]));
        await using var server = await SampleServer.StartAsync(_tokens, SampleServer.WithRevoked(revoked.Id));

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, revoked.Token));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, _tokens.Operator("context")));
    }

    [Theory]
    [InlineData(29, HttpStatusCode.OK)]
    [InlineData(31, HttpStatusCode.Unauthorized)]
    public async Task Mcp_AfterExpiry_ForgivesThirtySeconds(int secondsAfter, HttpStatusCode expected)
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        using var tokens = new TestTokens(time);
        await using var server = await SampleServer.StartAsync(tokens, builder => builder.Services.AddSingleton<TimeProvider>(time));
        var token = tokens.Operator("context");

        time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(secondsAfter));

        Assert.Equal(expected, await StatusAsync(server, token));
    }

    public static TheoryData<string, string, bool, string> ForgedClaims => new()
    {
        { "the scheduler as operator", AgencyClaims.SchedulerIssuer, true, """{"role":"operator"}""" },
        { "the scheduler under the other's name", AgencyClaims.OperationsIssuer, true, """{"role":"operator"}""" },
        { "operations as run", AgencyClaims.OperationsIssuer, false, """{"role":"run","company":"acme","run":"0193aaaa-0000-7000-8000-000000000000","tools":["list_notes"]}""" },
        { "an unknown role", AgencyClaims.OperationsIssuer, false, """{"role":"root"}""" },
        { "two roles", AgencyClaims.OperationsIssuer, false, """{"role":["viewer","operator"]}""" },
        { "a company without name", AgencyClaims.OperationsIssuer, false, """{"role":"company","access":"write"}""" },
        { "a company with a bad name", AgencyClaims.OperationsIssuer, false, """{"role":"company","access":"write","company":"a b"}""" },
        { "two companies", AgencyClaims.OperationsIssuer, false, """{"role":"company","access":"write","company":["acme","other"]}""" },
        { "a company without access", AgencyClaims.OperationsIssuer, false, """{"role":"company","company":"acme"}""" },
        { "an operator with a company", AgencyClaims.OperationsIssuer, false, """{"role":"operator","company":"acme"}""" },
        { "a run without run", AgencyClaims.SchedulerIssuer, true, """{"role":"run","company":"acme","tools":["list_notes"]}""" },
        { "a stranger", "agency:other", false, """{"role":"operator"}""" },
    };

    [Theory]
    [MemberData(nameof(ForgedClaims))]
    public async Task Mcp_WithWellSignedTokenOfBadClaims_Answers401(string what, string issuer, bool byScheduler, string claims)
    {
        await using var server = await SampleServer.StartAsync(_tokens);
        var key = byScheduler ? _tokens.SchedulerSigningKey : _tokens.OperationsSigningKey;

        var status = await StatusAsync(server, Sign(key, issuer, claims, AgencyClaims.TokenType));

        Assert.True(status is HttpStatusCode.Unauthorized, $"{what} got {status}");
    }

    [Theory]
    [InlineData(AgencyClaims.TokenType, HttpStatusCode.OK)]
    [InlineData("JWT", HttpStatusCode.Unauthorized)]
    public async Task Mcp_WithTokenOfAnotherType_Answers401(string type, HttpStatusCode expected)
    {
        await using var server = await SampleServer.StartAsync(_tokens);

        Assert.Equal(expected, await StatusAsync(server, Sign(_tokens.OperationsSigningKey, AgencyClaims.OperationsIssuer, """{"role":"operator"}""", type)));
    }

    [Fact]
    public void Issuer_AskedForAnotherIssuersRole_Refuses()
    {
        Assert.Throws<InvalidOperationException>(() => _tokens.Scheduler.Issue(TokenRequest.ForOperator("x", TimeSpan.FromHours(1), ["a"])));
        Assert.Throws<InvalidOperationException>(() =>
            _tokens.Operations.Issue(TokenRequest.ForRun(new CompanyId("acme"), RunId.New(TimeProvider.System), [], TimeSpan.FromHours(1), "a")));
    }

    [Fact]
    public void IssuedToken_AsText_HidesTheSecret()
    {
        var issued = _tokens.Operations.Issue(TokenRequest.ForOperator("x", TimeSpan.FromHours(1), ["a"]));

        Assert.DoesNotContain(issued.Token, issued.ToString(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningServer server, string token)
    {
        using var client = server.CreateHttpClient(token);
        using var response = await PostAsync(client);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StringContent(Initialize, Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        return await client.SendAsync(request);
    }

    private static string Sign(string privateKey, string issuer, string claims, string type)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var all = JsonSerializer.Deserialize<Dictionary<string, object>>(claims)!;
        all["sub"] = "forger";
        all["jti"] = "1";
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = TestTokens.Audience("context"),
            TokenType = type,
            IssuedAt = now,
            Expires = now.AddHours(1),
            Claims = all,
            SigningCredentials = new SigningCredentials(TokenKeys.ReadPrivate(privateKey), SecurityAlgorithms.EcdsaSha256),
        });
    }
}
