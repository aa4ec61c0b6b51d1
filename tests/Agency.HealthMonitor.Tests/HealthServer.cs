using System.Text.Json;
using Agency.Data;
using Agency.ServiceDefaults.Mcp;
using Agency.Testing;
using Agency.Testing.Mcp;
using Microsoft.AspNetCore.Builder;
using ModelContextProtocol.Protocol;

namespace Agency.HealthMonitor.Tests;

/// <summary>The server as a client meets it: over HTTP, with a token, on a database of its own. One for each test class.</summary>
public sealed class HealthServer : IAsyncLifetime
{
    private readonly Dictionary<string, ModelContextProtocol.Client.McpClient> _clients = [];
    private RunningServer? _server;

    public AgencyTestDatabase Database { get; } = new();

    public TestTokens Tokens { get; } = new();

    public IServiceProvider Services => Server.Services;

    private RunningServer Server => _server ?? throw new InvalidOperationException("The fixture is not initialised.");

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        _server = await StartAsync(Database);
    }

    public Task<RunningServer> StartAsync(AgencyTestDatabase database, Action<WebApplicationBuilder>? configure = null) =>
        RunningServer.StartAsync(args => HealthMonitor.Server.Build(args, configure), Tokens.Settings, new Dictionary<string, string?>
        {
            ["ConnectionStrings:agency"] = database.ConnectionString("health_agency"),
            ["ConnectionStrings:tenant"] = database.ConnectionString("health_tenant"),
            ["Pricing:PerRunSecond"] = "0.01",
            ["Pricing:PerThousandTokens"] = "2",
            ["Alerts:CheckSeconds"] = "3600",
        });

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Tokens.Dispose();
        await Database.DisposeAsync();
    }

    public Task<ModelContextProtocol.Client.McpClient> ConnectAsync(string token) => Server.ConnectAsync(token);

    public Task<JsonElement> AsOperatorAsync(string tool, object arguments) => SucceedAsync(Tokens.Operator("health"), "operator", tool, arguments);

    public Task<JsonElement> AsCompanyAsync(string company, string tool, object arguments) =>
        SucceedAsync(Tokens.Company("health", company), company, tool, arguments);

    public Task<JsonElement> AsRunAsync(string company, string tool, object arguments) =>
        SucceedAsync(Tokens.Run("health", company, RunId.New(TimeProvider.System), tool), $"run:{company}:{tool}", tool, arguments);

    /// <summary>The text of a call's answer, as a model reads it.</summary>
    public async Task<string> TextAsync(string company, string tool, object arguments)
    {
        var result = await CallAsync(Tokens.Company("health", company), company, tool, arguments);
        Assert.False(result.IsError is true, Text(result));
        return Text(result);
    }

    /// <summary>The message of a call that must fail, with its kind before it.</summary>
    public async Task<string> FailAsync(string? company, string tool, object arguments)
    {
        var result = company is null
            ? await CallAsync(Tokens.Operator("health"), "operator", tool, arguments)
            : await CallAsync(Tokens.Company("health", company), company, tool, arguments);
        Assert.True(result.IsError, "The call was expected to fail.");
        var error = result.Meta![ToolResults.ErrorMetaKey]!;
        return $"{error["kind"]}: {error["message"]}";
    }

    public async Task AddWorkflowAsync(CompanyId company, string id = "w", string status = "active") => await Database.ExecuteAsync(
        """
        insert into agency.workflow (company_id, workflow_id, type, status, failure_count, max_attempts, retry_initial_seconds, retry_factor,
            retry_max_seconds, timeout_seconds, created_at, updated_at)
        values ($1, $2, 'weekly_reporting', $3, 0, 3, 30, 2, 3600, 600, now(), now())
        """,
        company.Value, id, status);

    /// <summary>A run of workflow <c>w</c>, due <paramref name="minutesAgo"/>.</summary>
    public async Task<Guid> AddRunAsync(CompanyId company, string status, double minutesAgo, double seconds = 1)
    {
        var run = Guid.NewGuid();
        await Database.ExecuteAsync(
            """
            insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, attempt, available_at, created_at, started_at,
                finished_at, run_seconds, lease_owner, lease_until)
            select $1, $2, 'w', 'scheduled', t, $4, 1, t, t, t, case when $4 in ('succeeded', 'failed') then t end, $5,
                case when $4 = 'running' then 'gone' end, case when $4 = 'running' then t end
            from (select now() - make_interval(secs => $3 * 60) as t) x
            """,
            company.Value, run, minutesAgo, status, seconds);
        return run;
    }

    private async Task<JsonElement> SucceedAsync(string token, string name, string tool, object arguments)
    {
        var result = await CallAsync(token, name, tool, arguments);
        Assert.False(result.IsError is true, Text(result));
        return result.StructuredContent!.Value;
    }

    private static string Text(CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));

    private async Task<CallToolResult> CallAsync(string token, string name, string tool, object arguments)
    {
        if (!_clients.TryGetValue(name, out var client))
        {
            _clients[name] = client = await Server.ConnectAsync(token);
        }

        var values = JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value);
        return await client.CallToolAsync(tool, values, cancellationToken: TestContext.Current.CancellationToken);
    }
}
