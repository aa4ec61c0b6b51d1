using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.WorkerProtocol;
using ModelContextProtocol.Protocol;

namespace Agency.Worker.Mcp;

/// <summary>From an MCP result to a <see cref="ToolAnswer"/>.</summary>
internal static class ToolAnswers
{
    /// <summary>Where our servers tell a failure's kind, in a result's <c>_meta</c>.</summary>
    private const string ErrorMetaKey = "agency/error";

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
        var error = result.Meta?[ErrorMetaKey] as JsonObject;
        var kind = Member(error, "kind") is "invalid" or "forbidden" ? FailureKind.Permanent : FailureKind.Transient;
        var message = text.Length > 0 ? text : Member(error, "message") ?? "The tool failed without saying why.";
        return ToolAnswer.Failed(kind, message) with { Excerpt = ProtocolText.Clip(message, ProtocolText.MaxExcerpt) };
    }

    private static string? Member(JsonObject? error, string name) =>
        error?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

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
