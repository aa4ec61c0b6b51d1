using Agency.Data;
using Agency.Testing;
using Agency.Testing.Mcp;
using Microsoft.AspNetCore.Builder;
using ModelContextProtocol.Client;

namespace Agency.Operations.Tests;

/// <summary>One database and one running server for a test class; clients are made as needed.</summary>
public sealed class OperationsFixture : IAsyncLifetime
{
    private readonly Dictionary<string, McpClient> _clients = [];
    private RunningServer? _server;

    public AgencyTestDatabase Database { get; } = new();

    public TestTokens Tokens { get; } = new();

    public TestVault Vault { get; } = new();

    public RunningServer Server => _server ?? throw new InvalidOperationException("The fixture is not initialised.");

    /// <summary>The settings of a server on this fixture's database.</summary>
    public Dictionary<string, string?> Settings => new(Tokens.Settings)
    {
        ["ConnectionStrings:agency"] = Database.ConnectionString("operations_agency"),
        ["ConnectionStrings:tenant"] = Database.ConnectionString("operations_tenant"),
        ["Tokens:SigningKey"] = Tokens.OperationsSigningKey,
        ["AGENCY_WORKFLOWS_FILE"] = "",
        ["Secrets:KeyRing"] = Vault.Folder,
        ["Console:KeyRing"] = Path.Combine(Path.GetDirectoryName(Vault.Folder)!, "console"),
    };

    public Task<RunningServer> StartServerAsync(Action<WebApplicationBuilder>? configure = null, params KeyValuePair<string, string?>[] settings) =>
        RunningServer.StartAsync(args => Operations.Server.Build(args, configure), Settings, settings);

    /// <summary>The same on another database.</summary>
    public Task<RunningServer> StartServerAsync(Action<WebApplicationBuilder> configure, AgencyTestDatabase database) => StartServerAsync(
        configure,
        new("ConnectionStrings:agency", database.ConnectionString("operations_agency")),
        new("ConnectionStrings:tenant", database.ConnectionString("operations_tenant")));

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        _server = await StartServerAsync();
    }

    public Task<ToolAnswer> OperatorAsync(string tool, string arguments = "{}") => CallAsync(Tokens.Operator("operations"), "operator", tool, arguments);

    public Task<ToolAnswer> ViewerAsync(string tool, string arguments = "{}") => CallAsync(Tokens.Viewer("operations"), "viewer", tool, arguments);

    public Task<ToolAnswer> CompanyAsync(string company, string tool, string arguments = "{}") =>
        CallAsync(Tokens.Company("operations", company), company, tool, arguments);

    public Task<ToolAnswer> RunAsync(string company, string tool, string arguments = "{}") =>
        CallAsync(Tokens.Run("operations", company, RunId.New(TimeProvider.System), tool), $"run {tool}", tool, arguments);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Tokens.Dispose();
        Vault.Dispose();
        await Database.DisposeAsync();
    }

    private async Task<ToolAnswer> CallAsync(string token, string name, string tool, string arguments)
    {
        McpClient? client;
        lock (_clients)
        {
            _clients.TryGetValue(name, out client);
        }

        if (client is null)
        {
            client = await Server.ConnectAsync(token);
            lock (_clients)
            {
                _clients[name] = client;
            }
        }

        return await client.AskAsync(tool, arguments);
    }
}
