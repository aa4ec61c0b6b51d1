using System.Text.Json;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agency.Operations.Tests;

/// <summary>What a tool answered.</summary>
public sealed record ToolAnswer(bool IsError, JsonElement Json, string Text, string? ErrorKind)
{
    /// <summary>A member of the answer, by a path such as <c>workflow.next_run</c> or <c>items.0.id</c>.</summary>
    public JsonElement this[string path]
    {
        get
        {
            Assert.False(IsError, Text);
            var at = Json;
            foreach (var part in path.Split('.'))
            {
                at = int.TryParse(part, out var index) ? at[index] : at.GetProperty(part);
            }

            return at;
        }
    }

    /// <summary>The text of a member; null for JSON null.</summary>
    public string? Of(string path) => this[path] is { ValueKind: JsonValueKind.Null } ? null : this[path].ToString();

    public DateTimeOffset Instant(string path) => this[path].GetDateTimeOffset();

    public void IsFailure(string kind, string says)
    {
        Assert.True(IsError, Text);
        Assert.Equal(kind, ErrorKind);
        Assert.Contains(says, Text, StringComparison.Ordinal);
    }
}

internal static class ToolAnswerExtensions
{
    public static async Task<ToolAnswer> AskAsync(this McpClient client, string tool, string arguments = "{}")
    {
        var result = await client.CallToolAsync(
            tool, JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments), cancellationToken: TestContext.Current.CancellationToken);
        var text = string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
        return new ToolAnswer(result.IsError is true, result.StructuredContent ?? default, text, result.Meta?[ToolResults.ErrorMetaKey]?["kind"]?.GetValue<string>());
    }
}
