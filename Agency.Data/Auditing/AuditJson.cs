using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agency.Data.Auditing;

/// <summary>Values as the audit log keeps them: bounded, without secrets and without clients' content.</summary>
public static class AuditJson
{
    /// <summary>What a secret is replaced with.</summary>
    public const string Secret = "(secret)";

    /// <summary>Longer texts are content, whatever they are called: kept as length and hash.</summary>
    private const int MaxText = 200;

    private const int MaxItems = 20;
    private const int MaxDepth = 4;

    /// <summary>Characters of JSON that one entry holds of what was, and as many of what became.</summary>
    private const int MaxJoined = 16 * 1024;

    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.ToJsonString(Options);
    }

    /// <summary>A value of any kind.</summary>
    public static JsonNode? Of(object? value) => value switch
    {
        null => null,
        string text => Text(text),
        bool flag => JsonValue.Create(flag),
        byte[] bytes => Digest("bytes", bytes.Length, bytes),
        sbyte or byte or short or ushort or int or uint or long => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        decimal number => JsonValue.Create(number),
        double number => double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)),
        DateTimeOffset at => JsonValue.Create(at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        JsonElement element => Of(element, depth: 0),
        IEnumerable items => Items(items),
        IFormattable other => Text(other.ToString(null, CultureInfo.InvariantCulture)),
        _ => Text(value.ToString() ?? ""),
    };

    /// <summary>A call's argument.</summary>
    public static JsonNode? Of(JsonElement value, bool content) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String when content => Content(value.GetString()),
        _ => content ? Content(value) : Of(value, depth: 0),
    };

    /// <summary>Length and hash in place of what is not the agency's to read.</summary>
    public static JsonNode? Content(object? value)
    {
        if (value is null)
        {
            return null;
        }

        var text = value switch
        {
            string plain => plain,
            JsonElement element => element.GetRawText(),
            IEnumerable<string> items => string.Join('\n', items),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        return Digest("chars", text.Length, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>One JSON array of the parts, as many as have room; null when there are none.</summary>
    internal static string? Join(IEnumerable<string?> parts)
    {
        var text = new StringBuilder();
        var left = 0;
        foreach (var part in parts.Where(part => part is not null))
        {
            if (left > 0 || text.Length + part!.Length > MaxJoined)
            {
                left++;
            }
            else
            {
                text.Append(text.Length == 0 ? '[' : ',').Append(part);
            }
        }

        return (text.Length, left) switch
        {
            (0, 0) => null,
            (0, _) => string.Create(CultureInfo.InvariantCulture, $$"""[{"left_out":{{left}}}]"""),
            (_, 0) => text.Append(']').ToString(),
            _ => text.Append(CultureInfo.InvariantCulture, $$""",{"left_out":{{left}}}]""").ToString(),
        };
    }

    private static JsonNode Text(string text) =>
        text.Length <= MaxText ? JsonValue.Create(text) : Digest("chars", text.Length, Encoding.UTF8.GetBytes(text));

    private static JsonObject Digest(string unit, int length, byte[] bytes) =>
        new() { [unit] = length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)) };

    private static JsonArray Items(IEnumerable items)
    {
        var all = items.Cast<object?>().ToList();
        var array = new JsonArray([.. all.Take(MaxItems).Select(Of)]);
        if (all.Count > MaxItems)
        {
            array.Add(new JsonObject { ["left_out"] = all.Count - MaxItems });
        }

        return array;
    }

    private static JsonNode? Of(JsonElement element, int depth) => element.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => Text(element.GetString()!),
        JsonValueKind.Object or JsonValueKind.Array when depth >= MaxDepth || element.GetRawText().Length > 8 * MaxText => Content(element),
        JsonValueKind.Object => new JsonObject(element.EnumerateObject().DistinctBy(p => p.Name)
            .Select(p => KeyValuePair.Create(p.Name, Of(p.Value, depth + 1)))),
        JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select(e => Of(e, depth + 1))]),
        _ => JsonValue.Create(element.Clone()),
    };
}
