using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Agency.Operations.Authorization.Server;
using Agency.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpenIddict.Server;

namespace Agency.Operations.Tests.Authorization;

public sealed class RegistrationTests(AuthorizationFixture agency) : IClassFixture<AuthorizationFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Register_AsksForASecret_GetsNone()
    {
        var (status, body) = await PostAsync("""
            {"redirect_uris":["https://client.test/back"],"client_name":"株式会社","token_endpoint_auth_method":"client_secret_post","logo_uri":"https://evil.test/x.svg"}
            """);

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal("none", body.GetProperty("token_endpoint_auth_method").GetString());
        Assert.Equal("株式会社", body.GetProperty("client_name").GetString());
        Assert.False(body.TryGetProperty("client_secret", out _));
        Assert.False(body.TryGetProperty("logo_uri", out _));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("myapp://callback")]
    [InlineData("http://client.test/back")]
    [InlineData("http://127.0.0.1.evil.test/back")]
    [InlineData("http://localhost@evil.test/back")]
    [InlineData("https://user:pw@client.test/back")]
    [InlineData("https://client.test/back#fragment")]
    [InlineData("https://*.client.test/back")]
    [InlineData("https:\\\\\\\\client.test")]
    [InlineData("https://client.test/\\n")]
    [InlineData("/relative")]
    [InlineData("https://client.test/株式会社")]
    [InlineData("")]
    public async Task Register_RedirectThatIsUnsafe_IsRefused(string uri)
    {
        var (status, body) = await PostAsync($$"""{"redirect_uris":["https://client.test/back","{{uri}}"]}""");
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_redirect_uri"), (status, body.GetProperty("error").GetString()));
        Assert.Contains("https", body.GetProperty("error_description").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":[]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":null}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":[null]}""", "invalid_redirect_uri")]
    [InlineData("""{"redirect_uris":"https://client.test/"}""", "invalid_client_metadata")]
    [InlineData("null", "invalid_redirect_uri")]
    [InlineData("not json", "invalid_client_metadata")]
    [InlineData("""{"redirect_uris":["https://client.test/"],"grant_types":["client_credentials"]}""", "invalid_client_metadata")]
    [InlineData("""{"redirect_uris":["https://client.test/"],"response_types":["token"]}""", "invalid_client_metadata")]
    [InlineData("""{"redirect_uris":["https://client.test/"],"client_name":"a\u202eb"}""", "invalid_client_metadata")]
    public async Task Register_MetadataThatMakesNoSense_IsRefused(string metadata, string error)
    {
        var (status, body) = await PostAsync(metadata);
        Assert.Equal((HttpStatusCode.BadRequest, error), (status, body.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Register_HugeBody_IsRefused()
    {
        var (status, _) = await PostAsync($$"""{"redirect_uris":["https://client.test/"],"client_name":"{{new string('x', 20_000)}}"}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
    }

    [Fact]
    public async Task Register_AgainAndAgain_IsHeldUp()
    {
        await using var server = await agency.Operations.StartServerAsync(null, new KeyValuePair<string, string?>("Limits:PerMinute:oauth-register", "1"));
        using var http = server.CreateHttpClient();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 2; i++)
        {
            using var answer = await http.PostAsJsonAsync("/oauth/register", new { redirect_uris = new[] { "https://client.test/" } }, Stop);
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.TooManyRequests], statuses);
    }

    [Fact]
    public async Task Pruning_ADayLater_RemovesClientsThatNobodyUsed()
    {
        var id = await agency.RegisterAsync("Never used");
        await agency.Server.Services.GetRequiredService<GrantPruning>().RunOnceAsync(Stop);
        Assert.Equal(1, await CountAsync(id));
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(1).AddMinutes(1));
        await using var later = await agency.Operations.StartServerAsync(builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time)));

        await later.Services.GetRequiredService<GrantPruning>().RunOnceAsync(Stop);

        Assert.Equal(0, await CountAsync(id));
    }

    [Fact]
    public async Task Registration_WhereTooManyWereNeverUsed_TakesThePlaceOfTheOldest()
    {
        await UnusedAsync(1000, hoursAgo: 2);
        var id = await agency.RegisterAsync("Comes late");
        Assert.Equal(1, await CountAsync(id));
        Assert.Equal(0, await CountAsync("unused-2-1"));
        Assert.Equal(1, await CountAsync("unused-2-2"));

        await agency.Operations.Database.ExecuteAsync("update agency.oauth_client set properties = jsonb_build_object('registered_at', now())::text where client_id like 'unused-%'");
        using var http = agency.Server.CreateHttpClient();
        using var answer = await http.PostAsJsonAsync("/oauth/register", new { redirect_uris = new[] { "https://client.test/" } }, Stop);
        var refusal = await answer.Content.ReadAsStringAsync(Stop);
        await agency.Operations.Database.ExecuteAsync("delete from agency.oauth_client where client_id like 'unused-%'");
        Assert.Contains("Try again in an hour", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pruning_OfAGrantThatWasEnded_WaitsForItsTokens()
    {
        await agency.Operations.Database.ExecuteAsync("""
            insert into agency.oauth_authorization (id, status, type, creation_date) values ('old-grant', 'revoked', 'permanent', now() - interval '90 days');
            insert into agency.oauth_token (id, authorization_id, status, type, creation_date, expiration_date)
            values ('new-token', 'old-grant', 'revoked', 'refresh_token', now() - interval '1 day', now() + interval '29 days');
            """);

        var pruning = agency.Server.Services.GetRequiredService<GrantPruning>();
        const string grants = "select count(*) from agency.oauth_authorization where id = 'old-grant'";
        await pruning.RunOnceAsync(Stop);
        Assert.Equal(1, await agency.Operations.Database.ScalarAsync<long>(grants));

        await agency.Operations.Database.ExecuteAsync("update agency.oauth_token set creation_date = creation_date - interval '90 days' where id = 'new-token'");
        await pruning.RunOnceAsync(Stop);
        Assert.Equal(0, await agency.Operations.Database.ScalarAsync<long>(grants));
    }

    [Fact]
    public async Task Pruning_ThatFails_IsTriedAgain()
    {
        var time = new FakeTimeProvider();
        var scopes = new BrokenScopes();
        using var pruning = new GrantPruning(
            scopes, agency.Operations.Database.As("operations"), Options.Create(new OpenIddictServerOptions()), time, NullLogger<GrantPruning>.Instance);
        await pruning.StartAsync(Stop);

        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromHours(1));
                return Task.FromResult(scopes.Asked);
            },
            asked => asked >= 2,
            TimeSpan.FromSeconds(30));

        await pruning.StopAsync(Stop);
        Assert.True(pruning.ExecuteTask!.IsCanceled || pruning.ExecuteTask.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Register_InACharsetThatNobodyKnows_IsRefused()
    {
        using var http = agency.Server.CreateHttpClient();
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=no-such");
        using var answer = await http.PostAsync("/oauth/register", content, Stop);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    private Task<long> CountAsync(string id) => agency.Operations.Database.ScalarAsync<long>("select count(*) from agency.oauth_client where client_id = $1", id);

    private Task UnusedAsync(int count, int hoursAgo) => agency.Operations.Database.ExecuteAsync(
        $$"""
        insert into agency.oauth_client (id, client_id, client_type, properties)
        select 'unused-{{hoursAgo}}-' || i, 'unused-{{hoursAgo}}-' || i, 'public',
            jsonb_build_object('registered_at', now() - interval '{{hoursAgo}} hours' + i * interval '1 second')::text
        from generate_series(1, {{count}}) i
        """);

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string metadata)
    {
        using var http = agency.Server.CreateHttpClient();
        using var content = new StringContent(metadata, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/oauth/register", content, Stop);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }

    /// <summary>Fails as the library's stores do.</summary>
    private sealed class BrokenScopes : IServiceScopeFactory
    {
        public volatile int Asked;

        public IServiceScope CreateScope()
        {
            Interlocked.Increment(ref Asked);
            throw new AggregateException(new TimeoutException());
        }
    }
}
