using System.Text.Json;

namespace Agency.Scheduler.Gateway;

/// <summary>What the gateway reads of a JSON-RPC message to decide on it.</summary>
/// <param name="Id">Its id as JSON, for the answer; null in a notification.</param>
/// <param name="Method">Its method.</param>
/// <param name="Tool">The tool that it calls, when it is a tools/call.</param>
internal sealed record RpcRequest(string? Id, string Method, string? Tool)
{
    public const string CallTool = "tools/call";

    // A member given twice could mean one thing here and another to the server, which may not tell capitals from small letters.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>Null when it is not one JSON-RPC request or notification.</summary>
    public static RpcRequest? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object || IsAmbiguous(root, "method", "params", "id") || Text(root, "method") is not { } method)
            {
                return null;
            }

            var id = root.TryGetProperty("id", out var given) && given.ValueKind is JsonValueKind.String or JsonValueKind.Number ? given.GetRawText() : null;
            if (method != CallTool)
            {
                return new RpcRequest(id, method, null);
            }

            return id is not null && root.TryGetProperty("params", out var parameters) && parameters.ValueKind is JsonValueKind.Object
                && !IsAmbiguous(parameters, "name", "arguments") && Text(parameters, "name") is { } tool
                ? new RpcRequest(id, method, tool)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a run may send it at all; of a tools/call the tool is checked besides.</summary>
    public bool IsAllowedMethod =>
        Method is CallTool or "tools/list" or "initialize" or "ping" or "server/discover" || Method.StartsWith("notifications/", StringComparison.Ordinal);

    /// <summary>Whether a member has one of these names in another spelling.</summary>
    private static bool IsAmbiguous(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var member in element.EnumerateObject())
        {
            foreach (var name in names)
            {
                if (member.Name != name && member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
