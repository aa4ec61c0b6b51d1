using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Mcp;

namespace Agency.ServiceDefaults.Auditing;

/// <summary>
/// A call's arguments as the audit log keeps them. The tool says what is secret (<c>writeOnly</c> in its schema) or a client's content; of an argument that
/// it does not know, only that there was one.
/// </summary>
internal static class AuditArguments
{
    private const int MaxArguments = 50;
    private const int MaxName = 64;

    /// <summary>JSON; null without arguments.</summary>
    public static string? Write(AgencyTool tool, IDictionary<string, JsonElement>? arguments)
    {
        try
        {
            return Kept(tool, arguments);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, which JSON can escape and no text can hold.
            return """{"unreadable":true}""";
        }
    }

    private static string? Kept(AgencyTool tool, IDictionary<string, JsonElement>? arguments)
    {
        var schema = tool.ProtocolTool.InputSchema;
        if (arguments is not { Count: > 0 })
        {
            return null;
        }

        var known = schema.TryGetProperty("properties", out var properties) ? properties : default;
        var kept = new JsonObject();
        foreach (var (name, value) in arguments.OrderBy(a => a.Key, StringComparer.Ordinal).Take(MaxArguments))
        {
            kept[name.Length <= MaxName ? name : name[..MaxName]] = known.ValueKind is not JsonValueKind.Object || !known.TryGetProperty(name, out var argument)
                ? "(unknown argument)"
                : !IsInShape(argument, value) ? "(malformed)"
                : tool.ContentArguments.Contains(name) ? AuditJson.Of(value, content: true) : Show(argument, value);
        }

        return AuditJson.Write(kept);
    }

    /// <summary>What the call names by its id: <c>run_id=...</c>. Only by an argument that the tool knows, and in its shape.</summary>
    public static string? Target(AgencyTool tool, IDictionary<string, JsonElement>? arguments) =>
        arguments is null || !tool.ProtocolTool.InputSchema.TryGetProperty("properties", out var known)
        ? null
        : string.Join(' ', arguments
            .Where(a => known.TryGetProperty(a.Key, out var argument) && IsInShape(argument, a.Value) && !HoldSecrets(argument) && !tool.ContentArguments.Contains(a.Key))
            .Where(a => a.Key is "id" or "source" or "name" || (a.Key.EndsWith("_id", StringComparison.Ordinal) && a.Key is not "company_id"))
            .Where(a => a.Value.ValueKind is JsonValueKind.String && a.Value.GetRawText().Length <= 200 && !a.Value.GetRawText().Contains('\\', StringComparison.Ordinal))
            .OrderBy(a => a.Key, StringComparer.Ordinal)
            .Select(a => $"{a.Key}={a.Value.GetString()}")) is { Length: > 0 } target ? target : null;

    /// <summary>Whether anything in the schema is secret: then an error's text may hold it too.</summary>
    public static bool HoldSecrets(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.Object => IsTrue(schema, "writeOnly") || schema.EnumerateObject().Any(p => HoldSecrets(p.Value)),
        JsonValueKind.Array => schema.EnumerateArray().Any(HoldSecrets),
        _ => false,
    };

    private static JsonNode? Show(JsonElement schema, JsonElement value)
    {
        if (HoldSecrets(schema) && !(value.ValueKind is JsonValueKind.Object && schema.TryGetProperty("properties", out _) && !IsTrue(schema, "writeOnly")))
        {
            return value.ValueKind is JsonValueKind.Null ? null : AuditJson.Secret;
        }

        return value.ValueKind is JsonValueKind.Object && schema.ValueKind is JsonValueKind.Object && schema.TryGetProperty("properties", out var members)
            ? new JsonObject(value.EnumerateObject().DistinctBy(m => m.Name).Take(MaxArguments).Select(m => KeyValuePair.Create(
                m.Name.Length <= MaxName ? m.Name : m.Name[..MaxName],
                members.TryGetProperty(m.Name, out var member) ? Show(member, m.Value) : "(unknown argument)")))
            : AuditJson.Of(value);
    }

    /// <summary>Whether a text has the pattern that it must have: else it may be anything, as a credential that was put into the wrong place.</summary>
    private static bool IsInShape(JsonElement schema, JsonElement value) =>
        value.ValueKind is not JsonValueKind.String || schema.ValueKind is not JsonValueKind.Object || !schema.TryGetProperty("pattern", out var pattern)
        || ArgumentValidator.Matches(value.GetString()!, pattern.GetString()!);

    private static bool IsTrue(JsonElement schema, string keyword) =>
        schema.ValueKind is JsonValueKind.Object && schema.TryGetProperty(keyword, out var value) && value.ValueKind is JsonValueKind.True;
}
