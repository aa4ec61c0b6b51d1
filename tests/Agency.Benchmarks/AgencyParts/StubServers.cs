using System.ComponentModel;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Mcp;
using Agency.Testing.Mcp;
using Microsoft.AspNetCore.Builder;
using ModelContextProtocol.Server;

namespace Agency.Benchmarks.AgencyParts;

/// <summary>What a run calls, as real MCP servers with real authentication in this process that do next to nothing.</summary>
internal sealed class StubServers : IAsyncDisposable
{
    /// <summary>One call, and nothing of the client's context.</summary>
    public const string Procedure = """
        ---
        name: benchmark
        description: Calls one tool.
        version: 1
        context: none
        ---
        # Benchmark

        1. **Count.** One call.

           ```tool health.count
           { "by": 1 }
           ```
        """;

    private readonly List<RunningServer> _servers = [];

    /// <summary>Where the servers are, as service discovery is configured.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    public static async Task<StubServers> StartAsync(TestTokens tokens)
    {
        var stubs = new StubServers();
        await stubs.AddAsync<StubContextTools>("context", tokens);
        await stubs.AddAsync<StubHealthTools>("health", tokens);
        return stubs;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private async Task AddAsync<TTools>(string name, TestTokens tokens)
        where TTools : class
    {
        var server = await RunningServer.StartAsync(
            args =>
            {
                var builder = WebApplication.CreateBuilder(args);
                builder.AddServiceDefaults(name);
                builder.AddAgencyMcp(name, "Stub", "For benchmarks.").WithAgencyTools<TTools>();
                var app = builder.Build();
                app.MapAgencyMcp();
                return app;
            },
            tokens.Settings);
        _servers.Add(server);
        Settings[$"services:{name}:http:0"] = server.Address.ToString();
    }
}

internal sealed record StubSop(string Markdown);

internal sealed record StubCount(int Counted);

[McpServerToolType]
internal sealed class StubContextTools
{
    [McpServerTool(Name = "get_sop", Title = "Get", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("The procedure.")]
    public static StubSop GetSop([Description("Its name.")] string name) => new(name == "benchmark" ? StubServers.Procedure : "");
}

[McpServerToolType]
internal sealed class StubHealthTools
{
    [McpServerTool(Name = "count", Title = "Count", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Counts.")]
    public static StubCount Count([Description("How far.")] int by) => new(by);
}
