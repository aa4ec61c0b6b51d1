using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Runs;
using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Sops;
using Agency.ServiceDefaults.Identity;
using Agency.Testing.Mcp;
using Microsoft.Extensions.Configuration;

namespace Agency.Scheduler.Tests.Sops;

public sealed class McpSopSourceTests : IDisposable
{
    private const string Markdown = """{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":{"markdown":"# T"}}}""";

    private readonly TestTokens _tokens = new();

    public void Dispose() => _tokens.Dispose();

    [Theory]
    [InlineData("application/json", Markdown)]
    [InlineData("text/event-stream", "event: message\ndata: " + Markdown + "\n\n")]
    [InlineData("text/event-stream", "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}\n\ndata: " + Markdown + "\n\n")]
    public async Task Get_AnAnswerInEitherForm_IsTheProcedure(string mediaType, string body)
    {
        var server = new Answering(HttpStatusCode.OK, mediaType, body);

        var text = await GetAsync(server);

        Assert.Equal("# T", text.Markdown);
        var asked = JsonNode.Parse(Assert.Single(server.Bodies))!;
        Assert.Equal(("tools/call", "get_sop", "weekly"), ((string?)asked["method"], (string?)asked["params"]!["name"], (string?)asked["params"]!["arguments"]!["name"]));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "")]
    [InlineData(HttpStatusCode.Unauthorized, "")]
    [InlineData(HttpStatusCode.OK, "not json")]
    [InlineData(HttpStatusCode.OK, "{}")]
    [InlineData(HttpStatusCode.OK, """{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"oops"}}""")]
    [InlineData(HttpStatusCode.OK, """{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"The database is away."}]}}""")]
    [InlineData(HttpStatusCode.OK, """{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[],"_meta":{"agency/error":{"kind":"unavailable"}}}}""")]
    public async Task Get_AFaultThatMayPass_IsTransient(HttpStatusCode status, string body) =>
        Assert.Equal(RunErrorKind.Transient, (await GetAsync(new Answering(status, "application/json", body))).Failure!.Kind);

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"weekly?"}],"_meta":{"agency/error":{"kind":"not_found"}}}}""", "weekly?")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":{"text":"# T"}}}""", "without the 'markdown'")]
    public async Task Get_WhatWaitingDoesNotMend_IsPermanent(string body, string expected)
    {
        var failure = (await GetAsync(new Answering(HttpStatusCode.OK, "application/json", body))).Failure!;

        Assert.Equal(RunErrorKind.Permanent, failure.Kind);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    private async Task<SopText> GetAsync(Answering server)
    {
        var addresses = new ServerAddresses(new ConfigurationBuilder().AddInMemoryCollection(_tokens.Settings).Build());
        return await new McpSopSource(server, _tokens.Scheduler, addresses).GetAsync(Run(), default);
    }

    private static ClaimedRun Run() => new()
    {
        Key = new RunKey(new CompanyId("acme"), RunId.New(TimeProvider.System), 1, "me"),
        ClaimedAt = TimeProvider.System.GetTimestamp(),
        CompanyName = "Acme",
        WorkflowId = new WorkflowId("w"),
        Type = "weekly",
        Attempt = 1,
        ScheduledFor = SchedulerTest.Noon,
        Timeout = TimeSpan.FromMinutes(1),
    };

    private sealed class Answering(HttpStatusCode status, string mediaType, string body) : HttpMessageHandler, IHttpClientFactory
    {
        public List<string> Bodies { get; } = [];

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            Assert.Equal("Bearer", request.Headers.Authorization!.Scheme);
            return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, mediaType) };
        }
    }
}
