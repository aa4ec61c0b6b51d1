using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agency.EndToEnd.Tests;

/// <summary>A connection to one MCP server.</summary>
public sealed class Session(McpClient client) : IAsyncDisposable
{
    /// <summary>The structured result; a refusal fails the test.</summary>
    public async Task<JsonElement> CallAsync(string tool, object arguments)
    {
        var result = await RawAsync(tool, arguments);
        Assert.True(result.IsError is not true, $"{tool}: {Text(result)}");
        return Assert.NotNull(result.StructuredContent);
    }

    /// <summary>The text of a refusal; success fails the test.</summary>
    public async Task<string> RefusalAsync(string tool, object arguments)
    {
        var result = await RawAsync(tool, arguments);
        Assert.True(result.IsError is true, $"{tool} was allowed: {Text(result)}");
        return Text(result);
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private async Task<CallToolResult> RawAsync(string tool, object arguments)
    {
        var values = JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value.Clone());
        return await client.CallToolAsync(tool, values);
    }

    private static string Text(CallToolResult result) => string.Join('\n', result.Content.OfType<TextContentBlock>().Select(block => block.Text));
}
