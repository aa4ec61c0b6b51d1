using System.Net;
using System.Text;
using System.Text.Json;
using Agency.Data;
using Agency.Scheduler.Gateway;
using Agency.ServiceDefaults.Identity;
using Agency.Sops;
using Agency.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Scheduler.Tests.Gateway;

/// <summary>The gateway of the built service in front of a stranger's server, with this process in the worker's place.</summary>
public sealed class ConnectorTests(AgencyTestDatabase database) : IClassFixture<AgencyTestDatabase>, IAsyncLifetime
{
    private const string Secret = "sk-live/4f9a+Bc\"&=7";

    private static readonly RunId Run = RunId.New(TimeProvider.System);
    private static readonly CompanyId Acme = new("acme");

    private readonly string _folder = Directory.CreateTempSubdirectory("gc-").FullName;
    private readonly TestVault _vault = new();
    private StubServers _stubs = null!;
    private StubConnector _stranger = null!;
    private bool _isHeld = true;

    public async ValueTask InitializeAsync()
    {
        await database.ExecuteAsync("truncate agency.company cascade");
        await database.AddCompanyAsync("acme");
        await database.AddCompanyAsync("globex");
        _stubs = await StubServers.StartAsync();
        _stranger = await StubConnector.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stranger.DisposeAsync();
        await _stubs.DisposeAsync();
        _vault.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("Authorization", "authorization", "Bearer " + Secret)]
    [InlineData("X-Api-Key", "x-api-key", Secret)]
    public async Task Call_OfAConnector_CarriesTheSecretAndNothingOfOurs(string header, string received, string value)
    {
        await _stranger.ConnectAsync(database, _vault, Secret, header: header);
        await using var gateway = await GatewayAsync();

        var answer = await gateway.CallAsync("crm", "create_ticket");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var call = Assert.Single(_stranger.Received);
        Assert.Equal(value, call.Headers[received]);
        Assert.Contains("create_ticket", call.Body, StringComparison.Ordinal);
        string[] allowed = ["host", "content-type", "content-length", "accept", received];
        Assert.Empty(call.Headers.Keys.Except(allowed));
        Assert.NotNull(await database.ScalarAsync<DateTime?>("select last_used_at from agency.company_secret"));
    }

    [Fact]
    public async Task Call_AnswerThatEchoesTheSecret_ArrivesWithoutIt()
    {
        await _stranger.ConnectAsync(database, _vault, Secret);
        await using var gateway = await GatewayAsync();

        var answer = await gateway.CallAsync("crm", "create_ticket");

        Assert.DoesNotContain("4f9a", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))[4..16], answer.Body, StringComparison.Ordinal);
        var result = JsonDocument.Parse(answer.Body[(answer.Body.IndexOf("data: ", StringComparison.Ordinal) + 6)..]).RootElement.GetProperty("result");
        Assert.Equal("Bearer [secret crm_key]", result.GetProperty("structuredContent").GetProperty("told").GetString());
        Assert.Contains("[secret crm_key]", result.GetProperty("structuredContent").GetProperty("basic").GetString(), StringComparison.Ordinal);
        Assert.Contains("[secret crm_key]", result.GetProperty("structuredContent").GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Contains("[secret crm_key]", result.GetProperty("structuredContent").GetProperty("nested").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_OfAnOwnServerThatKnowsTheSecret_ArrivesWithoutItToo()
    {
        await _stranger.ConnectAsync(database, _vault, Secret);
        await using var gateway = await GatewayAsync();

        var answer = await gateway.CallAsync("operations", "say", $"They gave me {Secret}.");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.DoesNotContain("4f9a", answer.Body, StringComparison.Ordinal);
        Assert.Contains("They gave me [secret crm_key].", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_SecretSetAnewDuringTheRun_SendsTheNewOneAndHidesBoth()
    {
        await _stranger.ConnectAsync(database, _vault, Secret);
        await using var gateway = await GatewayAsync();
        await _stranger.ConnectAsync(database, _vault, "another-value-2026");

        var answer = await gateway.CallAsync("crm", "create_ticket");
        var said = await gateway.CallAsync("operations", "say", $"{Secret} another-value-2026");

        Assert.Equal("Bearer another-value-2026", _stranger.Received.Last().Headers["authorization"]);
        Assert.DoesNotContain("another-value", answer.Body + said.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("4f9a", said.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ServerThatWantsASession_GetsOneForTheWholeRun()
    {
        await _stranger.ConnectAsync(database, _vault, Secret, "/session");
        await using var gateway = await GatewayAsync();

        var first = await gateway.CallAsync("crm", "create_ticket");
        var second = await gateway.CallAsync("crm", "create_ticket");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.Status, second.Status));
        Assert.Equal(
            ["tools/call", "initialize", "notifications/initialized", "tools/call", "tools/call"],
            _stranger.Received.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("method").GetString()));
        Assert.Equal("2025-06-18", _stranger.Received.Last().Headers["mcp-protocol-version"]);
    }

    [Theory]
    [InlineData("/redirect", HttpStatusCode.Forbidden, "redirect")]
    [InlineData("/refuse", HttpStatusCode.Forbidden, "did not accept the credential")]
    [InlineData("/zip", HttpStatusCode.BadGateway, "compressed")]
    public async Task Call_AnswerThatIsNotTaken_SaysWhatToDo(string path, HttpStatusCode status, string says)
    {
        await _stranger.ConnectAsync(database, _vault, Secret, path);
        await using var gateway = await GatewayAsync();

        var answer = await gateway.CallAsync("crm", "create_ticket");

        Assert.Equal(status, answer.Status);
        Assert.Contains(says, answer.Body, StringComparison.Ordinal);
        Assert.Single(_stranger.Received);
    }

    [Fact]
    public async Task Call_AddressThatIsNotPublic_IsRefusedBeforeAnythingIsSent()
    {
        await _stranger.ConnectAsync(database, _vault, Secret);
        await using var gateway = await GatewayAsync(allow: "");

        var answer = await gateway.CallAsync("crm", "create_ticket");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains("loopback", answer.Body, StringComparison.Ordinal);
        Assert.Empty(_stranger.Received);
    }

    [Theory]
    [InlineData("delete from agency.connector", " any more")]
    [InlineData("update agency.company_secret set ciphertext = '\\x00'", "does not decrypt")]
    [InlineData("update agency.connector set url = 'http://127.0.0.1:1/mcp'", "not meant for the place")]
    public async Task Call_ConnectorThatWasTakenAwayOrTamperedWith_IsRefused(string sql, string says)
    {
        await _stranger.ConnectAsync(database, _vault, Secret);
        await using var gateway = await GatewayAsync();
        await database.ExecuteAsync(sql);

        var answer = await gateway.CallAsync("crm", "create_ticket");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains(says, answer.Body, StringComparison.Ordinal);
        Assert.Empty(_stranger.Received);
    }

    [Fact]
    public async Task Call_CiphertextOfAnotherCompany_DoesNotDecrypt()
    {
        await _stranger.ConnectAsync(database, _vault, Secret, company: "globex");
        await _stranger.ConnectAsync(database, _vault, "of-acme-itself-1");
        await database.ExecuteAsync(
            "update agency.company_secret a set ciphertext = g.ciphertext from agency.company_secret g where a.company_id = 'acme' and g.company_id = 'globex'");
        await using var gateway = await GatewayAsync();

        var answer = await gateway.CallAsync("crm", "create_ticket");

        Assert.Contains("does not decrypt", answer.Body, StringComparison.Ordinal);
        Assert.Empty(_stranger.Received);
    }

    [Fact]
    public async Task Call_WithoutKeyRing_SaysWhatTheOperatorDoes()
    {
        await _stranger.ConnectAsync(database, _vault, Secret);
        await using var gateway = await GatewayAsync(keyRing: "");

        Assert.Contains("Secrets__KeyRing", (await gateway.CallAsync("crm", "create_ticket")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_RunNoLongerHeld_IsNotSent()
    {
        await _stranger.ConnectAsync(database, _vault, Secret);
        await using var gateway = await GatewayAsync();
        _isHeld = false;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await gateway.CallAsync("crm", "create_ticket")).Status);
        Assert.Empty(_stranger.Received);
    }

    [Theory]
    [InlineData("crm", "delete_everything", "tools/call")]
    [InlineData("crm", "create_ticket", "tools/list")]
    [InlineData("crm", "create_ticket", "initialize")]
    [InlineData("erp", "create_ticket", "tools/call")]
    public async Task Call_OutsideTheProcedure_IsRefused(string server, string tool, string method)
    {
        await _stranger.ConnectAsync(database, _vault, Secret);
        await using var gateway = await GatewayAsync();

        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.CallAsync(server, tool, method: method)).Status);
        Assert.Empty(_stranger.Received);
    }

    [Fact]
    public async Task Grant_ConnectorOfAnotherCompany_IsUnknown()
    {
        await _stranger.ConnectAsync(database, _vault, Secret, company: "globex");
        await using var app = App(_vault.Folder, "127.0.0.1");

        var granted = await app.Services.GetRequiredService<RunGrants>().ForAsync(Acme, Run, [new SopTool("crm", "create_ticket")], default);

        Assert.Null(granted.Grant);
        Assert.Contains("'crm.create_ticket'", granted.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("set_connector", granted.Failure.Message, StringComparison.Ordinal);
    }

    private Microsoft.AspNetCore.Builder.WebApplication App(string keyRing, string allow) => SchedulerApp.Build(
        [.. _stubs.Tokens.Settings.Concat(_stubs.Settings)
            .Append(new("Tokens:SigningKey", _stubs.Tokens.SchedulerSigningKey)).Append(new("Logging:LogLevel:Default", "None"))
            .Append(new("ConnectionStrings:agency", database.ConnectionString("scheduler_agency")))
            .Append(new("Secrets:KeyRing", keyRing)).Append(new("Outbound:Allow", allow))
            .Select(p => $"--{p.Key}={p.Value}")]);

    private async Task<BoundGateway> GatewayAsync(string? keyRing = null, string allow = "127.0.0.1")
    {
        var app = App(keyRing ?? _vault.Folder, allow);
        var gateway = await app.Services.GetRequiredService<GatewayServer>().OpenAsync(Path.Combine(_folder, Guid.NewGuid().ToString("N")[..6]));
        gateway.ProcessId = Environment.ProcessId;
        var granted = await app.Services.GetRequiredService<RunGrants>().ForAsync(Acme, Run, [new SopTool("crm", "create_ticket"), new SopTool("operations", "say")], default);
        gateway.Bind(granted.Grant!, new RunTokens(
            _stubs.Tokens.Scheduler, new ServerAddresses(app.Services.GetRequiredService<IConfiguration>()), TimeProvider.System, granted.Grant!), _ => new(_isHeld));
        return new BoundGateway(app, gateway);
    }

    private sealed class BoundGateway(Microsoft.AspNetCore.Builder.WebApplication app, WorkerGateway gateway) : IAsyncDisposable
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
                await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(gateway.SocketPath), cancellationToken);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });

        public async Task<(HttpStatusCode Status, string Body)> CallAsync(string server, string tool, string text = "hello", string method = "tools/call")
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://gateway/{server}/mcp")
            {
                Content = JsonContent(new { jsonrpc = "2.0", id = 1, method, @params = new { name = tool, arguments = new { text } } }),
            };
            request.Headers.Accept.ParseAdd("application/json");
            request.Headers.Accept.ParseAdd("text/event-stream");

            // What a worker might try to smuggle out.
            request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            request.Headers.Add("baggage", "company=acme");
            request.Headers.Add("mcp-extra", "1");
            using var response = await _http.SendAsync(request);
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await gateway.DisposeAsync();
            await app.DisposeAsync();
        }

        private static StringContent JsonContent(object value) => new(JsonSerializer.Serialize(value), Encoding.UTF8, "application/json");
    }
}
