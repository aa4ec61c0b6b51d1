using System.Net;
using System.Security.Cryptography;
using Agency.ServiceDefaults.Hosting;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Tests.Hosting;

public sealed class StartTests : IDisposable
{
    private readonly TestTokens _tokens = new();

    public void Dispose() => _tokens.Dispose();

    [Fact]
    public async Task Start_InProductionWithDefaultCompany_RefusesAndSaysWhy()
    {
        var refusal = await RefusalAsync(("PRODUCTION_MODE", "true"), ("JULES_COMPANY", "acme"));

        Assert.Contains("JULES_COMPANY must be empty when PRODUCTION_MODE is true", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithUnreadableMode_NamesTheSetting()
    {
        Assert.Contains("PRODUCTION_MODE must be true or false, but is 'yes'", await RefusalAsync(("PRODUCTION_MODE", "yes")), StringComparison.Ordinal);
        Assert.Contains("JULES_COMPANY must be a company id", await RefusalAsync(("JULES_COMPANY", "a b")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mode_IsAsConfigured()
    {
        await using var production = await SampleServer.StartAsync(_tokens, null, new KeyValuePair<string, string?>("PRODUCTION_MODE", "true"));
        await using var demo = await SampleServer.StartAsync(_tokens, null, new KeyValuePair<string, string?>("JULES_COMPANY", "acme"));

        Assert.Equal(new AgencyMode(true), production.Services.GetRequiredService<AgencyMode>());
        Assert.Equal(new AgencyMode(false, new Data.CompanyId("acme")), demo.Services.GetRequiredService<AgencyMode>());
    }

    [Fact]
    public async Task Start_WithBadKeys_NamesSettingAndRemedy()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Assert.Contains("Tokens:PublicKeys:scheduler must be the ES256 public key (PEM) of scheduler: it holds no PEM block. Make a pair with 'openssl", await RefusalAsync(("Tokens:PublicKeys:scheduler", "")), StringComparison.Ordinal);
        Assert.Contains("its curve is not P-256", await RefusalAsync(("Tokens:PublicKeys:operations", p384.ExportSubjectPublicKeyInfoPem())), StringComparison.Ordinal);
        Assert.Contains("'PRIVATE KEY' where only 'PUBLIC KEY'", await RefusalAsync(("Tokens:PublicKeys:operations", _tokens.OperationsSigningKey)), StringComparison.Ordinal);
        Assert.Contains("repeats a key", await RefusalAsync(("Tokens:PublicKeys:operations", _tokens.Settings["Tokens:PublicKeys:scheduler"])), StringComparison.Ordinal);
        using var stranger = new TestTokens();
        Assert.Contains("Tokens:SigningKey fits neither", await RefusalAsync(("Tokens:SigningKey", stranger.OperationsSigningKey)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithoutPublicAddress_NamesTheSetting() =>
        Assert.Contains("Set the environment variable Servers__context", await RefusalAsync(("Servers:context", "")), StringComparison.Ordinal);

    [Fact]
    public async Task Start_WithKeysOnOneLine_Works()
    {
        var oneLine = _tokens.Settings["Tokens:PublicKeys:operations"]!.Replace("\n", "\\n", StringComparison.Ordinal);
        await using var server = await SampleServer.StartAsync(_tokens, null, new KeyValuePair<string, string?>("Tokens:PublicKeys:operations", oneLine));

        var client = await server.ConnectAsync(_tokens.Operator("context"));
        Assert.NotEmpty(await client.ListToolsAsync());
    }

    [Fact]
    public async Task Health_WhenNotReady_IsStillAlive()
    {
        await using var server = await SampleServer.StartAsync(_tokens, builder =>
            builder.Services.AddHealthChecks().AddCheck("database", () => HealthCheckResult.Unhealthy("secret detail")));
        using var client = server.CreateHttpClient();

        using var ready = await client.GetAsync(new Uri("/health", UriKind.Relative));
        using var alive = await client.GetAsync(new Uri("/alive", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("Unhealthy", await ready.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("context.agency.test", HttpStatusCode.OK)]
    [InlineData("rebound.example", HttpStatusCode.BadRequest)]
    public async Task Request_OnLoopbackUnderAnotherName_IsRefused(string host, HttpStatusCode expected)
    {
        await using var server = await SampleServer.StartAsync(_tokens);
        using var client = server.CreateHttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/alive");
        request.Headers.Host = host;

        using var response = await client.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    private async Task<string> RefusalAsync(params (string Key, string? Value)[] settings) =>
        (await Assert.ThrowsAsync<OptionsValidationException>(() =>
            SampleServer.StartAsync(_tokens, null, [.. settings.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))]))).Message;
}
