using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using Agency.Chaos.Tests.Records;
using Agency.Data;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.Testing.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;

namespace Agency.Chaos.Tests.Parts;

/// <summary>The servers that runs call, as small real MCP servers with real authentication, in this process; one of them keeps the log.</summary>
internal sealed class ChaosServers : IAsyncDisposable
{
    private readonly List<RunningServer> _servers = [];

    private ChaosServers(int seed) => Log = new CallLog(seed);

    public TestTokens Tokens { get; } = new();

    public CallLog Log { get; }

    /// <summary>Where the servers are, as service discovery is configured.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    public static async Task<ChaosServers> StartAsync(int seed)
    {
        var servers = new ChaosServers(seed);
        await servers.AddAsync<ContextTools>("context");
        await servers.AddAsync<HealthTools>("health");
        return servers;
    }

    public async ValueTask DisposeAsync()
    {
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
            builder.Services.AddSingleton(Log);
            builder.AddAgencyMcp(name, "Chaos", "For the chaos test.").WithAgencyTools<TTools>();
            var app = builder.Build();
            app.MapAgencyMcp();
            return app;
        }, Tokens.Settings);
        _servers.Add(server);
        Settings[$"services:{name}:http:0"] = server.Address.ToString();
    }
}

/// <summary>The independent log, in the order of arrival; and the dice that decide what goes wrong, the same for the same run and attempt.</summary>
internal sealed class CallLog(int seed)
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];
    private readonly Dictionary<Guid, LogEntry> _latest = [];

    public IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    public void Append(Caller caller, int attempt, int step, int of)
    {
        lock (_lock)
        {
            var entry = new LogEntry(_entries.Count + 1, caller.Company!.Value.Value, caller.Run!.Value.Value, caller.TokenId, attempt, step, of);
            _entries.Add(entry);
            _latest[entry.Run] = entry;
        }
    }

    /// <summary>The latest entry of a run.</summary>
    public LogEntry? LatestOf(Guid run)
    {
        lock (_lock)
        {
            return _latest.GetValueOrDefault(run);
        }
    }

    /// <summary>0 to 99.</summary>
    public int Throw(Caller caller, int attempt)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{caller.Run}/{attempt}"), hash);
        return hash[0] * 100 / 256;
    }
}

internal sealed record SopAnswer(string Markdown);

internal sealed record ProfileAnswer(string Id);

internal sealed record PassageAnswer(IReadOnlyList<string> Passages);

internal sealed record DoneAnswer(string Done);

[McpServerToolType]
internal sealed class ContextTools(CompanyScope companies)
{
    [McpServerTool(Name = "get_sop", Title = "Get", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("A procedure.")]
    public static SopAnswer GetSop([Description("Its name.")] string name) => new(Procedures.Markdown(name));

    [McpServerTool(Name = "get_company_profile", Title = "Get", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("The profile.")]
    public ProfileAnswer GetCompanyProfile([Description("The client.")] string? client = null) => new(companies.Resolve(client).OrThrow().Value);

    [McpServerTool(Name = "query_company_context", Title = "Query", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Passages.")]
    public PassageAnswer QueryCompanyContext(
        [Description("For what.")] string query, [Description("The client.")] string? client = null, [Description("How many.")] int limit = 5) =>
        new([$"{companies.Resolve(client).OrThrow()}: {limit} of '{query}'"]);
}

[McpServerToolType]
internal sealed class HealthTools(CallLog log, TimeProvider time)
{
    [McpServerTool(Name = "append_log", Title = "Log", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Writes a line.")]
    public DoneAnswer AppendLog(Caller caller, [Description("The attempt.")] int attempt, [Description("Which line.")] int step, [Description("How many there are.")] int of)
    {
        log.Append(caller, attempt, step, of);
        return new DoneAnswer("logged");
    }

    [McpServerTool(Name = "work", Title = "Work", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Takes time; in some attempts more than it may.")]
    public async Task<DoneAnswer> Work(
        Caller caller, [Description("The attempt.")] int attempt, [Description("Milliseconds.")] int milliseconds,
        [Description("Of a hundred attempts so many take half a minute.")] int hangs, CancellationToken cancellationToken)
    {
        await Task.Delay(log.Throw(caller, attempt) < hangs ? TimeSpan.FromSeconds(30) : TimeSpan.FromMilliseconds(milliseconds), time, cancellationToken);
        return new DoneAnswer("worked");
    }

    [McpServerTool(Name = "gamble", Title = "Gamble", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Fails in some attempts.")]
    public DoneAnswer Gamble(
        Caller caller, [Description("The attempt.")] int attempt, [Description("Of a hundred attempts so many fail so that trying again may help.")] int transient,
        [Description("And so many for good.")] int permanent)
    {
        var dice = log.Throw(caller, attempt);
        return dice < transient ? throw new InvalidOperationException("Bad luck.")
            : dice < transient + permanent ? ((Result<DoneAnswer>)Error.Invalid("No luck, ever.")).OrThrow()
            : new DoneAnswer("won");
    }
}
