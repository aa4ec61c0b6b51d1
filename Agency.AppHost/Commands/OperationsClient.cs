using System.Text.Json;
using Agency.AppHost.Startup;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agency.AppHost.Commands;

/// <summary>Calls the MCP tools for the person at the dashboard, under a token named "dashboard", by which the audit log tells its acts apart.</summary>
internal sealed class OperationsClient(LocalRun local, OperatorAccess access)
{
    public const string TokenFile = "dashboard.token";
    public const string TokenName = "dashboard";

    /// <summary>The structured answer of a tool.</summary>
    /// <exception cref="DistributedApplicationException">The tool refused; the message is its own.</exception>
    public async Task<JsonElement> CallAsync(string server, string tool, Dictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        string token = await access.GetTokenAsync(TokenFile, TokenName, cancellationToken);
        await using var client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions
            {
                Endpoint = new Uri($"{local.Ports.Url(server)}/mcp"),
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {token}" },
            }),
            cancellationToken: cancellationToken);
        var given = arguments.Where(a => a.Value is not (null or "")).ToDictionary(a => a.Key, a => a.Value);
        var result = await client.CallToolAsync(tool, given, cancellationToken: cancellationToken);
        string text = string.Join('\n', result.Content.OfType<TextContentBlock>().Select(block => block.Text));
        if (result.IsError is true)
            throw new DistributedApplicationException(text);
        return result.StructuredContent is { } structured ? structured : JsonSerializer.SerializeToElement(text);
    }

    /// <summary>The ids and names of the clients, for a choice.</summary>
    public async Task<IReadOnlyList<KeyValuePair<string, string>>> ListClientsAsync(CancellationToken cancellationToken) =>
        [.. (await ListAsync("context", "list_companies", [], cancellationToken))
            .Select(c => KeyValuePair.Create(c.GetProperty("id").GetString()!, $"{c.GetProperty("name").GetString()} ({c.GetProperty("id").GetString()})"))];

    /// <summary>The ids of a client's workflows, for a choice.</summary>
    public async Task<IReadOnlyList<KeyValuePair<string, string>>> ListWorkflowsAsync(string client, CancellationToken cancellationToken) =>
        [.. (await ListAsync("operations", "list_workflows", new() { ["client"] = client }, cancellationToken))
            .Select(w => w.GetProperty("id").GetString()!).Select(id => KeyValuePair.Create(id, id))];

    private async Task<List<JsonElement>> ListAsync(string server, string tool, Dictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await CallAsync(server, tool, new(arguments) { ["limit"] = 100, ["cursor"] = cursor }, cancellationToken);
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        return items;
    }
}
