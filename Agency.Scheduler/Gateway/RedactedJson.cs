using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.ServiceDefaults.Secrets.Redaction;

namespace Agency.Scheduler.Gateway;

/// <summary>Takes secrets out of values.</summary>
internal static class RedactedJson
{
    /// <summary>A copy without the secrets. Each text is looked at by itself, names too, so that what is left is JSON of the same shape.</summary>
    public static JsonNode? Of(JsonElement value, SecretRedactor redactor) => value.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(value.EnumerateObject().Select(m => KeyValuePair.Create(redactor.Redact(m.Name), Of(m.Value, redactor))).DistinctBy(m => m.Key)),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => Of(item, redactor))]),
        JsonValueKind.String => JsonValue.Create(redactor.Redact(value.GetString()!)),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => JsonValue.Create(value),
    };
}
