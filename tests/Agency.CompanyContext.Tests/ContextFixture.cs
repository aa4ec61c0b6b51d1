using System.Text.Json;
using Agency.Data;
using Agency.ServiceDefaults.Mcp;
using Agency.Testing;
using Agency.Testing.Mcp;
using Microsoft.AspNetCore.Builder;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agency.CompanyContext.Tests;

/// <summary>The real server on loopback with a database, documents and procedures of its own, for one test class.</summary>
public sealed class ContextFixture : IAsyncLifetime
{
    private readonly Dictionary<string, McpClient> _clients = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("agency-context-").FullName;
    private RunningServer? _server;

    public AgencyTestDatabase Database { get; } = new();

    public TestTokens Tokens { get; } = new();

    public string DocumentRoot => Path.Combine(_folder, "companies");

    public string SopFolder => Path.Combine(_folder, "sops");

    public IServiceProvider Services => (_server ?? throw new InvalidOperationException("The fixture is not initialised.")).Services;

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        Directory.CreateDirectory(DocumentRoot);
        Directory.CreateDirectory(SopFolder);
        await File.WriteAllTextAsync(Path.Combine(SopFolder, "greeting.md"), Procedure("greeting", "Greet the client"));
        await File.WriteAllTextAsync(Path.Combine(SopFolder, "broken.md"), "# Broken\n\nNo steps here.\n");
        _server = await StartAsync(Database);
    }

    public Task<RunningServer> StartAsync(AgencyTestDatabase database, Action<WebApplicationBuilder>? configure = null) =>
        RunningServer.StartAsync(
            args => ContextServer.Build(args, configure),
            Tokens.Settings,
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:agency"] = database.ConnectionString("context_agency"),
                ["ConnectionStrings:tenant"] = database.ConnectionString("context_tenant"),
                ["Context:DocumentRoot"] = DocumentRoot,
                ["Sops:Folder"] = SopFolder,
            });

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await Database.DisposeAsync();
        Tokens.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public Task<McpClient> ConnectAsync(string token) => (_server ?? throw new InvalidOperationException("The fixture is not initialised.")).ConnectAsync(token);

    public string Operator() => Tokens.Operator("context");

    public string Company(string company, bool canWrite = true) => Tokens.Company("context", company, canWrite);

    public string Run(string company, RunId run, params string[] tools) => Tokens.Run("context", company, run, tools);

    /// <summary>A file below the companies' folder.</summary>
    public async Task WriteFileAsync(string path, string text)
    {
        var full = Path.Combine(DocumentRoot, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        await File.WriteAllTextAsync(full, text);
    }

    /// <summary>Loads a text as a document.</summary>
    public Task<JsonElement> LoadAsync(string company, string source, string text) =>
        OkAsync(Operator(), "load_company_context", new { company_id = company, content = text, source_name = source });

    public async Task<CallToolResult> CallAsync(string token, string tool, object arguments)
    {
        if (!_clients.TryGetValue(token, out var client))
        {
            _clients[token] = client = await _server!.ConnectAsync(token);
        }

        var json = JsonSerializer.SerializeToElement(arguments);
        return await client.CallToolAsync(new CallToolRequestParams
        {
            Name = tool,
            Arguments = json.EnumerateObject().ToDictionary(property => property.Name, property => property.Value),
        });
    }

    /// <summary>The result of a call that must succeed.</summary>
    public async Task<JsonElement> OkAsync(string token, string tool, object arguments)
    {
        var result = await CallAsync(token, tool, arguments);
        Assert.False(result.IsError is true, Text(result));
        return result.StructuredContent!.Value;
    }

    /// <summary>The message of a call that must fail with <paramref name="kind"/>.</summary>
    public async Task<string> FailAsync(string token, string tool, object arguments, string kind)
    {
        var result = await CallAsync(token, tool, arguments);
        Assert.True(result.IsError is true, Text(result));
        Assert.Equal(kind, result.Meta![ToolResults.ErrorMetaKey]!["kind"]!.GetValue<string>());
        return Text(result);
    }

    public static string Text(CallToolResult result) => string.Join('\n', result.Content.OfType<TextContentBlock>().Select(block => block.Text));

    public static string Procedure(string name, string title) => $"---\nname: {name}\ndescription: For a test.\n---\n# {title}\n\n1. **Say hello.** In the client's tone.\n";

    /// <summary>The values of one member over the items of a list.</summary>
    public static IEnumerable<string?> Each(JsonElement list, string member) => list.EnumerateArray().Select(item => item.GetProperty(member).GetString());
}
