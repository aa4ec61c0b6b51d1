using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Agency.Data;
using Agency.Testing.Mcp;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Tests.Identity;

public sealed class ExternalAuthorityTests : IAsyncLifetime
{
    private readonly TestTokens _tokens = new();
    private StubAuthority? _authority;

    private StubAuthority Authority => _authority!;

    public async ValueTask InitializeAsync() => _authority = await StubAuthority.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Authority.DisposeAsync();
        _tokens.Dispose();
    }

    [Theory]
    [InlineData("agency-operator", null, "list_notes", true)]
    [InlineData("agency-operator", null, "add_note", true)]
    [InlineData("agency-viewer", null, "list_notes", true)]
    [InlineData("agency-viewer", null, "add_note", false)]
    [InlineData("agency-company-read", "acme", "list_notes", true)]
    [InlineData("agency-company-read", "acme", "add_note", false)]
    [InlineData("agency-company-write", "acme", "add_note", true)]
    public async Task Token_OfTheAuthority_ListsWhatItsRoleAllows(string role, string? company, string tool, bool listed)
    {
        await using var server = await StartAsync();
        var client = await server.ConnectAsync(Authority.Sign(TestTokens.Audience("context"), Claims(role, company)));

        Assert.Equal(listed, (await client.ListToolsAsync()).Any(t => t.Name == tool));
    }

    [Theory]
    [InlineData("another-role", null)]
    [InlineData("agency-company-read", null)]
    [InlineData("agency-company-read", "not a company")]
    [InlineData("operator", null)]
    public async Task Token_WithoutARoleHere_Answers401(string role, string? company)
    {
        await using var server = await StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, Authority.Sign(TestTokens.Audience("context"), Claims(role, company))));
    }

    [Fact]
    public async Task Token_ForAnotherServerTooOldOrByAnotherKey_Answers401()
    {
        await using var server = await StartAsync();
        using var stranger = RSA.Create(2048);
        var claims = Claims("agency-operator", null);
        var here = TestTokens.Audience("context");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, Authority.Sign(TestTokens.Audience("operations"), claims)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, Authority.Sign(here, claims, TimeSpan.FromMinutes(-5))));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, Authority.Sign(here, claims, key: stranger)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, "garbage"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, Authority.Sign(here, claims)));
    }

    [Fact]
    public async Task Tokens_OfTheAgencyItself_StayGood()
    {
        await using var server = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, _tokens.Run("context", "acme", RunId.New(TimeProvider.System), "list_notes")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, _tokens.Operator("context")));
    }

    [Fact]
    public async Task Token_OfTheAuthorityThatIsNotConfigured_Answers401()
    {
        await using var server = await SampleServer.StartAsync(_tokens);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, Authority.Sign(TestTokens.Audience("context"), Claims("agency-operator", null))));
    }

    [Fact]
    public async Task Token_ThatIsRevoked_Answers401()
    {
        await using var server = await SampleServer.StartAsync(_tokens, SampleServer.WithRevoked("j1"), Setting(Authority.Issuer));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, Authority.Sign(
            TestTokens.Audience("context"), new Dictionary<string, object>(Claims("agency-operator", null)) { ["jti"] = "j1" })));
    }

    [Fact]
    public async Task Metadata_NamesTheAuthority()
    {
        await using var server = await StartAsync();
        using var client = server.CreateHttpClient();
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri("/.well-known/oauth-protected-resource/mcp", UriKind.Relative)));
        Assert.Equal([Authority.Issuer], document.RootElement.GetProperty("authorization_servers").EnumerateArray().Select(item => item.GetString()));
    }

    [Fact]
    public async Task Start_WithAnAuthorityThatIsNotSafe_NamesTheSetting()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => SampleServer.StartAsync(_tokens, null, Setting("http://login.example.test")));
        Assert.Contains("Authentication:Authority must be the https address", refusal.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, object> Claims(string role, string? company)
    {
        var claims = new Dictionary<string, object> { ["roles"] = new[] { "unrelated", role } };
        if (company is not null)
        {
            claims["agency_company"] = company;
        }

        return claims;
    }

    private static KeyValuePair<string, string?> Setting(string authority) => new("Authentication:Authority", authority);

    private static async Task<HttpStatusCode> StatusAsync(RunningServer server, string token)
    {
        using var client = server.CreateHttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json, text/event-stream");
        using var body = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/mcp", UriKind.Relative), body);
        return answer.StatusCode;
    }

    private Task<RunningServer> StartAsync() => SampleServer.StartAsync(_tokens, null, Setting(Authority.Issuer));
}
