using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Sops;
using Agency.WorkerProtocol;

namespace Agency.Worker.Mcp;

/// <summary>From a JSON-RPC response to a <see cref="ToolAnswer"/>.</summary>
internal static class ToolAnswers
{
    /// <summary>Where our servers tell a failure's kind, in a result's <c>_meta</c>.</summary>
    private const string ErrorMetaKey = "agency/error";

    public static ToolAnswer From(JsonElement response, SopTool tool, int maxBytes)
    {
        if (CallFailures.Error(response) is { } error) return new ToolAnswer { Error = CallFailures.Refused(error, tool) };
        if (Member(response, "result", JsonValueKind.Object) is not { } result) return new ToolAnswer { Error = CallFailures.NoAnswer(tool) };

        var text = Texts(result);
        if (result.TryGetProperty("isError", out var failed) && failed.ValueKind is JsonValueKind.True) return Failure(result, text);

        var structured = result.TryGetProperty("structuredContent", out var content) && content.ValueKind is not JsonValueKind.Null ? Readable(content) : null;
        var excerpt = ProtocolText.Clip(structured ?? text, ProtocolText.MaxExcerpt);
        if (Encoding.UTF8.GetByteCount(structured ?? text) > maxBytes) return new ToolAnswer { Excerpt = excerpt, TooLarge = true };
        return new ToolAnswer { Value = structured is null ? FromText(text) : JsonNode.Parse(structured), Excerpt = excerpt };
    }

    /// <summary>
    /// A tool that failed may succeed later: the feed appears, the other side recovers. Not so when the tool itself says that the call
    /// was wrong or is not allowed.
    /// </summary>
    private static ToolAnswer Failure(JsonElement result, string text)
    {
        var error = Member(result, "_meta", JsonValueKind.Object) is { } meta ? Member(meta, ErrorMetaKey, JsonValueKind.Object) : null;
        var kind = Text(error, "kind") is "invalid" or "forbidden" ? FailureKind.Permanent : FailureKind.Transient;
        var message = text.Length > 0 ? text : Text(error, "message") ?? "The tool failed without saying why.";
        return ToolAnswer.Failed(kind, message) with { Excerpt = ProtocolText.Clip(message, ProtocolText.MaxExcerpt) };
    }

    /// <summary>As people read it: on the wire an ampersand may be <c>\u0026</c>.</summary>
    private static string Readable(JsonElement content)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, GatewayTools.Readable)) content.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static string Texts(JsonElement result) => Member(result, "content", JsonValueKind.Array) is { } content
        ? string.Join("\n", content.EnumerateArray().Where(b => b.ValueKind is JsonValueKind.Object && Text(b, "type") is "text").Select(b => Text(b, "text")).Where(t => t is not null))
        : "";

    private static JsonElement? Member(JsonElement element, string name, JsonValueKind kind) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.ValueKind == kind ? member : null;

    private static string? Text(JsonElement? element, string name) =>
        element is { } given && Member(given, name, JsonValueKind.String) is { } text ? text.GetString() : null;

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
