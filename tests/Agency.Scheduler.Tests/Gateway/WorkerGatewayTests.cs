using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Agency.Data;
using Agency.Scheduler.Gateway;
using Agency.ServiceDefaults.Identity;
using Agency.Sops;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Scheduler.Tests.Gateway;

/// <summary>The gateway of the built service, with this process in the worker's place.</summary>
public sealed class WorkerGatewayTests : IAsyncLifetime
{
    private static readonly RunId Run = RunId.New(TimeProvider.System);

    private readonly string _folder = Directory.CreateTempSubdirectory("gw-").FullName;
    private StubServers _stubs = null!;
    private Microsoft.AspNetCore.Builder.WebApplication _app = null!;
    private WorkerGateway _gateway = null!;
    private HttpClient _http = null!;
    private int _asked;
    private int _heldUntil = int.MaxValue;

    public async ValueTask InitializeAsync()
    {
        _stubs = await StubServers.StartAsync();
        _app = SchedulerApp.Build([.. _stubs.Tokens.Settings.Concat(_stubs.Settings)
            .Append(new("Tokens:SigningKey", _stubs.Tokens.SchedulerSigningKey)).Append(new("Logging:LogLevel:Default", "None"))
            .Append(new("services:health:http:0", "http://127.0.0.1:1")).Append(new("ConnectionStrings:agency", "Host=127.0.0.1"))
            .Select(p => $"--{p.Key}={p.Value}")]);
        _gateway = await _app.Services.GetRequiredService<GatewayServer>().OpenAsync(Path.Combine(_folder, "s"));
        _gateway.ProcessId = Environment.ProcessId;
        _http = Connect(_gateway.SocketPath);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _gateway.DisposeAsync();
        await _app.DisposeAsync();
        await _stubs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Request_BeforeARunIsBound_IsRefused()
    {
        using var answer = await CallAsync("operations", "say");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(_stubs.State.Calls);
    }

    [Fact]
    public async Task Request_OfAnotherProcess_GetsNoAnswer()
    {
        Assert.SkipUnless(PeerProcess.CanBeKnown, "Only Linux tells who is at the other end of a Unix socket.");
        Bind();
        _gateway.ProcessId = 1;

        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync("operations", "say"));
        Assert.Empty(_stubs.State.Calls);
    }

    [Fact]
    public async Task Call_ToolOfTheProcedure_ReachesTheServerAsThatRunAndIsCounted()
    {
        Bind();

        using var answer = await CallAsync("operations", "say");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("hello", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var call = Assert.Single(_stubs.State.Calls);
        Assert.Equal(("acme", Run, "hello"), (call.Company, call.Run, call.Text));
        Assert.Equal(["say"], call.Tools);
        Assert.Equal(1, _gateway.ToolCalls);
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "b7ad6b7169203331")]
    [InlineData("00-11111111111111111111111111111111-b7ad6b7169203331-01", "00f067aa0ba902b7")]
    [InlineData("nonsense", "00f067aa0ba902b7")]
    public async Task Call_WithATrace_StaysInItsRunsOwn(string told, string parent)
    {
        var seen = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source == SchedulerTelemetry.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = seen.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        Bind();
        _http.DefaultRequestHeaders.TryAddWithoutValidation("traceparent", told);

        using var answer = await CallAsync("operations", "say");

        var span = Assert.Single(seen, activity => Equals(activity.GetTagItem("agency.run"), Run.ToString()));
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", parent), (span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
    }

    [Theory]
    [InlineData("operations", "forbidden")]
    [InlineData("operations", "SAY")]
    [InlineData("context", "get_sop")]
    [InlineData("context", "say")]
    [InlineData("health", "say")]
    [InlineData("scheduler", "say")]
    public async Task Call_OutsideTheProcedure_IsRefused(string server, string tool)
    {
        Bind();

        using var answer = await CallAsync(server, tool);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(_stubs.State.Calls);
        Assert.Equal(0, _gateway.ToolCalls);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"resources/list"}""", 403)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say","name":"forbidden","arguments":{}}}""", 400)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"forbidden"}}""", 400)]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"forbidden"}}]""", 400)]
    [InlineData("""{"jsonrpc":"2.0","method":"tools/call","params":{"name":"say","arguments":{"text":"x"}}}""", 400)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}""", 400)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say","Name":"forbidden","arguments":{}}}""", 400)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","METHOD":"tools/call","params":{"name":"forbidden"}}""", 400)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say"},"Params":{"name":"forbidden"}}""", 400)]
    [InlineData("not json", 400)]
    [InlineData("", 400)]
    public async Task Message_ThatIsNotOneAllowedRequest_IsRefused(string body, int status)
    {
        Bind();

        using var answer = await SendAsync("/operations/mcp", body);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Empty(_stubs.State.Calls);
    }

    [Theory]
    [InlineData("/operations/mcp/")]
    [InlineData("/operations")]
    [InlineData("/operations/../context/mcp")]
    [InlineData("//operations/mcp")]
    [InlineData("/Operations/mcp")]
    [InlineData("/operations/health")]
    public async Task Path_SpelledOtherwise_IsRefused(string path)
    {
        Bind("operations");

        using var answer = await SendAsync(path, Body("say"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(_stubs.State.Calls);
    }

    [Fact]
    public async Task Get_IsNotAllowed()
    {
        Bind();
        using var answer = await _http.GetAsync(new Uri("http://gateway/operations/mcp"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task Body_TooLarge_IsRefused()
    {
        Bind();
        using var answer = await SendAsync("/operations/mcp", new string(' ', GatewayForwarder.MaxRequestBytes + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Call_OwnAuthorization_IsNotPassedOn()
    {
        Bind();
        _http.DefaultRequestHeaders.Authorization = new("Bearer", _stubs.Tokens.Operator("operations"));

        using var answer = await CallAsync("operations", "say");

        Assert.Equal("acme", Assert.Single(_stubs.State.Calls).Company);
    }

    [Fact]
    public async Task Call_ServerAway_AnswersBadGateway()
    {
        Bind("operations", "health");

        using var answer = await CallAsync("health", "say");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("health", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_RunNoLongerHeld_IsRefusedAndNotPassedOn()
    {
        Bind();
        _heldUntil = 2;

        using var first = await CallAsync("operations", "say");
        using var second = await CallAsync("operations", "say");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        var error = JsonDocument.Parse(await second.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("The run is no longer this scheduler's.", error.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(1, error.GetProperty("id").GetInt32());
        Assert.Single(_stubs.State.Calls);
    }

    [Fact]
    public async Task Call_RunLostBeforeTheRequestIsWritten_IsNotSent()
    {
        Bind();
        _heldUntil = 1;

        using var answer = await CallAsync("operations", "say");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(2, _asked);
        Assert.Empty(_stubs.State.Calls);
    }

    [Fact]
    public async Task Call_RunLostBetweenTwoAttempts_IsNotSentAgain()
    {
        Bind("operations", "health");
        _heldUntil = 1;

        using var answer = await CallAsync("health", "say");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Connections_TooMany_AreRefusedAndRoomIsMadeByClosingOne()
    {
        Bind();
        var open = new List<Socket>();
        while (open.Count < 8)
        {
            open.Add(await OpenAsync());
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync("operations", "say"));
        open[0].Dispose();
        await RunningScheduler.UntilAsync(async () =>
        {
            try
            {
                using var answer = await CallAsync("operations", "say");
                return answer.StatusCode is HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        open.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task Gateways_OfTwoWorkers_ServeEachItsOwnRunAlone()
    {
        Bind();
        await using var other = await _app.Services.GetRequiredService<GatewayServer>().OpenAsync(Path.Combine(_folder, "t"));
        other.ProcessId = Environment.ProcessId;
        using var http = Connect(other.SocketPath);

        using var unbound = await http.PostAsync(new Uri("http://gateway/operations/mcp"), new StringContent(Body("say")));
        using var bound = await CallAsync("operations", "say");

        Assert.Equal(HttpStatusCode.Forbidden, unbound.StatusCode);
        Assert.Equal(HttpStatusCode.OK, bound.StatusCode);
        Assert.Equal((1, 0), (_gateway.ToolCalls, other.ToolCalls));
    }

    [Fact]
    public async Task Dispose_ConnectionsOpen_EndsThemAndTakesNoMore()
    {
        Bind();
        (await CallAsync("operations", "say")).Dispose();
        using var socket = await OpenAsync();

        await _gateway.DisposeAsync();

        // Reset when it had not been accepted yet.
        var received = await Record.ExceptionAsync(async () => Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(30))));
        Assert.True(received is null or SocketException, $"{received}");
        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync("operations", "say"));
    }

    [Fact]
    public void Bind_ASecondRun_IsABug()
    {
        Bind();
        Assert.Throws<InvalidOperationException>(() => Bind());
    }

    private void Bind(params string[] servers)
    {
        var grant = new RunGrant(new CompanyId("acme"), Run, (servers.Length == 0 ? ["operations"] : servers).Select(s => new SopTool(s, "say"))
            .Append(SopTool.GetProfile))
        { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01" };
        _gateway.Bind(grant, new RunTokens(
            _stubs.Tokens.Scheduler, new ServerAddresses(_app.Services.GetRequiredService<IConfiguration>()), TimeProvider.System, grant), IsHeldAsync);
    }

    private ValueTask<bool> IsHeldAsync(CancellationToken cancellationToken) => new(Interlocked.Increment(ref _asked) <= _heldUntil);

    private Task<HttpResponseMessage> CallAsync(string server, string tool) => SendAsync($"/{server}/mcp", Body(tool));

    private static string Body(string tool) => JsonSerializer.Serialize(new
    {
        jsonrpc = "2.0",
        id = 1,
        method = "tools/call",
        @params = new { name = tool, arguments = new { text = "hello" } },
    });

    private async Task<HttpResponseMessage> SendAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("http://gateway" + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        return await _http.SendAsync(request);
    }

    private Task<Socket> OpenAsync() => OpenAsync(_gateway.SocketPath, default);

    private static async Task<Socket> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        return socket;
    }

    private static HttpClient Connect(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) => new NetworkStream(await OpenAsync(path, cancellationToken), ownsSocket: true),
    });
}
