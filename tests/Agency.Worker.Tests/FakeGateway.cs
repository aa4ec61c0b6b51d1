using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agency.Worker.Tests;

/// <summary>
/// A real MCP server on a Unix socket in the place of the gateway and the servers behind it, with tools that a test sets.
/// </summary>
public sealed class FakeGateway : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agency-gw-").FullName;
    private readonly ConcurrentDictionary<string, Func<JsonObject, CancellationToken, ValueTask<CallToolResult>>> _tools = new();
    private readonly ConcurrentDictionary<string, int> _statuses = new();
    private readonly ConcurrentDictionary<string, (string ContentType, string Body)> _bodies = new();
    private WebApplication? _app;

    public string Socket => Path.Combine(_folder, "g.sock");

    public ConcurrentQueue<GatewayCall> Calls { get; } = new();

    /// <summary>The JSON-RPC methods that were asked for, with their server, in order.</summary>
    public ConcurrentQueue<string> Methods { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Returns("get_company_profile", """{"name":"Acme","industry":"steel","profile":{"updated_at":"2026-02-01T08:00:00Z"}}""");
        Returns("query_company_context", """{"passages":[{"id":"d1#0","text":"Goals: grow."},{"id":"d1#1","text":"Tone: dry."}]}""");

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(Socket));
        builder.Services.AddMcpServer()
            .WithHttpTransport()
            .WithListToolsHandler((_, _) => ValueTask.FromResult(new ListToolsResult()))
            .WithCallToolHandler((request, cancelled) => CallAsync(request.Services!, request.Params!, cancelled));
        builder.Services.AddHttpContextAccessor();
        _app = builder.Build();
        _app.Use(ObserveAsync);
        foreach (var server in new[] { "context", "operations", "health" }) _app.MapMcp($"/{server}/mcp");
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _app.StopAsync(now.Token);
            await _app.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    public void Returns(string tool, string structured) =>
        Answers(tool, new CallToolResult { Content = [new TextContentBlock { Text = structured }], StructuredContent = JsonElement.Parse(structured) });

    public void Answers(string tool, CallToolResult result) => Runs(tool, (_, _) => ValueTask.FromResult(result));

    public void Runs(string tool, Func<JsonObject, CancellationToken, ValueTask<CallToolResult>> body) => _tools[tool] = body;

    /// <summary>Makes the gateway itself answer requests to a server.</summary>
    public void Refuses(string server, int status)
    {
        _statuses[server] = status;
        _bodies.Remove(server, out _);
    }

    /// <summary>Makes the gateway answer requests to a server with just this.</summary>
    public void Says(string server, string contentType, string body, int status = 200)
    {
        _statuses[server] = status;
        _bodies[server] = (contentType, body);
    }

    private async ValueTask<CallToolResult> CallAsync(IServiceProvider services, CallToolRequestParams call, CancellationToken cancelled)
    {
        var http = services.GetRequiredService<IHttpContextAccessor>().HttpContext!;
        var arguments = new JsonObject();
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, JsonElement>()) arguments[name] = JsonNode.Parse(value.GetRawText());
        var server = http.Request.Path.Value!.Split('/')[1];
        Calls.Enqueue(new GatewayCall(server, call.Name, arguments, http.Request.Headers["traceparent"]));
        return _tools.TryGetValue(call.Name, out var body)
            ? await body(arguments, cancelled)
            : throw new McpProtocolException($"Unknown tool: '{call.Name}'", McpErrorCode.InvalidParams);
    }

    private async Task ObserveAsync(HttpContext context, RequestDelegate next)
    {
        var server = context.Request.Path.Value!.Split('/')[1];
        context.Request.EnableBuffering();
        if (context.Request.Method == "POST")
        {
            var body = await JsonNode.ParseAsync(context.Request.Body);
            context.Request.Body.Position = 0;
            Methods.Enqueue($"{server} {body!["method"]}");
        }
        else
        {
            Methods.Enqueue($"{server} {context.Request.Method}");
        }

        if (!_statuses.TryGetValue(server, out var status))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = status;
        if (_bodies.TryGetValue(server, out var said))
        {
            context.Response.ContentType = said.ContentType;
            await context.Response.WriteAsync(said.Body);
        }
    }
}

/// <summary>A tool call as it arrived.</summary>
public sealed record GatewayCall(string Server, string Tool, JsonObject Arguments, string? Traceparent);
