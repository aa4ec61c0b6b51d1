using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Agency.Data;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.Testing.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;

namespace Agency.Scheduler.Tests;

/// <summary>The servers that a run calls, as small real MCP servers with real authentication, in this process.</summary>
internal sealed class StubServers : IAsyncDisposable
{
    private readonly List<RunningServer> _servers = [];

    public TestTokens Tokens { get; } = new();

    public StubState State { get; } = new();

    /// <summary>Where the servers are, as service discovery is configured.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    public static async Task<StubServers> StartAsync()
    {
        var stubs = new StubServers();
        await stubs.AddAsync<StubContextTools>("context");
        await stubs.AddAsync<StubWorkTools>("operations");
        return stubs;
    }

    public async ValueTask DisposeAsync()
    {
        State.Release();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        Tokens.Dispose();
    }

    private async Task AddAsync<TTools>(string name)
        where TTools : class
    {
        var server = await RunningServer.StartAsync(args =>
        {
            var builder = WebApplication.CreateBuilder(args);
            builder.AddServiceDefaults(name);
            builder.Services.AddSingleton(State);
            builder.AddAgencyMcp(name, "Stub", "For tests.").WithAgencyTools<TTools>();
            var app = builder.Build();
            app.MapAgencyMcp();
            return app;
        }, Tokens.Settings);
        _servers.Add(server);
        Settings[$"services:{name}:http:0"] = server.Address.ToString();
    }
}

/// <summary>What the stubs answer, and what they were asked.</summary>
internal sealed class StubState
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Procedures by name.</summary>
    public ConcurrentDictionary<string, string> Sops { get; } = new();

    public ConcurrentQueue<StubCall> Calls { get; } = new();

    /// <summary>Ends the waiting of every <c>wait</c>.</summary>
    public void Release() => _released.TrySetResult();

    public Task ReleasedAsync(CancellationToken cancellationToken) => _released.Task.WaitAsync(cancellationToken);

    public void Record(string tool, Caller caller, string? text = null) =>
        Calls.Enqueue(new StubCall(tool, caller.Company!.Value.Value, caller.Run!.Value, [.. caller.Tools.Order()], text, Activity.Current?.TraceId.ToString()));
}

internal sealed record StubCall(string Tool, string Company, RunId Run, IReadOnlyList<string> Tools, string? Text, string? TraceId);

internal sealed record StubSop(string Markdown);

internal sealed record StubProfile(string Id, string Industry);

internal sealed record StubPassage(string Id, string Text);

internal sealed record StubPassages(IReadOnlyList<StubPassage> Passages);

internal sealed record StubAnswer(string Said);

[McpServerToolType]
internal sealed class StubContextTools(StubState state, CompanyScope companies)
{
    [McpServerTool(Name = "get_sop", Title = "Get", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("A procedure.")]
    public StubSop GetSop(Caller caller, [Description("Its name.")] string name, [Description("The client.")] string? client = null)
    {
        state.Record("get_sop", caller, name);
        return state.Sops.TryGetValue(name, out var markdown)
            ? new StubSop(markdown)
            : ((Result<StubSop>)Error.NotFound($"There is no procedure '{name}' ({client}).")).OrThrow();
    }

    [McpServerTool(Name = "get_company_profile", Title = "Get", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("The profile.")]
    public StubProfile GetCompanyProfile(Caller caller, [Description("The client.")] string? client = null)
    {
        state.Record("get_company_profile", caller, client);
        return new StubProfile(companies.Resolve(client).OrThrow().Value, "anvils");
    }

    [McpServerTool(Name = "query_company_context", Title = "Query", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Passages.")]
    public StubPassages QueryCompanyContext(
        Caller caller, [Description("For what.")] string query, [Description("The client.")] string? client = null, [Description("How many.")] int limit = 5)
    {
        state.Record("query_company_context", caller, query);
        return new StubPassages([new StubPassage("p1", $"{companies.Resolve(client).OrThrow()} sells {limit} anvils.")]);
    }
}

[McpServerToolType]
internal sealed class StubWorkTools(StubState state)
{
    [McpServerTool(Name = "say", Title = "Say", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Says something.")]
    public StubAnswer Say(Caller caller, [Description("What.")] string text)
    {
        state.Record("say", caller, text);
        return new StubAnswer(text);
    }

    [McpServerTool(Name = "forbidden", Title = "Forbidden", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("What no procedure calls.")]
    public StubAnswer Forbidden(Caller caller)
    {
        state.Record("forbidden", caller);
        return new StubAnswer("no");
    }

    [McpServerTool(Name = "fail", Title = "Fail", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Fails so that trying again may help.")]
    public static StubAnswer Fail() => throw new InvalidOperationException("The feed is away.");

    [McpServerTool(Name = "wait", Title = "Wait", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Answers when the test lets it.")]
    public async Task<StubAnswer> Wait(Caller caller, CancellationToken cancellationToken)
    {
        state.Record("wait", caller);
        await state.ReleasedAsync(cancellationToken);
        return new StubAnswer("waited");
    }
}
