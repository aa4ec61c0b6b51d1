using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.WorkerProtocol;
using ModelContextProtocol.Protocol;

namespace Agency.Worker.Mcp;

/// <summary>From an MCP result to a <see cref="ToolAnswer"/>.</summary>
internal static class ToolAnswers
{
    public static ToolAnswer From(CallToolResult result, int maxBytes)
    {
        var text = string.Join("\n", result.Content.OfType<TextContentBlock>().Select(b => b.Text));
        if (result.IsError is true) return Failure(result, text);

        var structured = result.StructuredContent is { } element ? element.GetRawText() : null;
        var excerpt = ProtocolText.Clip(text.Length > 0 ? text : structured ?? "", ProtocolText.MaxExcerpt);
        if (Encoding.UTF8.GetByteCount(structured ?? text) > maxBytes) return new ToolAnswer { Excerpt = excerpt, TooLarge = true };
        return new ToolAnswer { Value = structured is null ? FromText(text) : JsonNode.Parse(structured), Excerpt = excerpt };
    }

    /// <summary>
    /// A tool that failed may succeed later: the feed appears, the other side recovers. Not so when the tool itself says that the call
    /// was wrong or is not allowed.
    /// </summary>
    private static ToolAnswer Failure(CallToolResult result, string text)
    {
        var error = result.StructuredContent is { ValueKind: JsonValueKind.Object } structured && structured.TryGetProperty("error", out var e)
            && e.ValueKind is JsonValueKind.Object ? e : default;
        var kind = Member(error, "kind") is "invalid" or "forbidden" ? FailureKind.Permanent : FailureKind.Transient;
        var message = text.Length > 0 ? text : Member(error, "message") ?? "The tool failed without saying why.";
        return ToolAnswer.Failed(kind, message) with { Excerpt = ProtocolText.Clip(message, ProtocolText.MaxExcerpt) };
    }

    private static string? Member(JsonElement error, string name) =>
        error.ValueKind is JsonValueKind.Object && error.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static JsonNode? FromText(string text)
    {
        if (text.AsSpan().TrimStart() is ['{' or '[', ..])
        {
            try
            {
                return JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                // A text that only looks like JSON is a text.
            }
        }

        return JsonValue.Create(text);
    }
}
