using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Agency.Data;
using ModelContextProtocol;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>How tools read arguments and write results.</summary>
public static class AgencyJson
{
    /// <summary>
    /// snake_case names and enums, nulls written (the advertised schema requires every member), letters as themselves rather than
    /// \u escapes (models read them), ids as their text.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(McpJsonUtilities.DefaultOptions)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DictionaryKeyPolicy = null,
            DefaultIgnoreCondition = JsonIgnoreCondition.Never,
            NumberHandling = JsonNumberHandling.Strict,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

        // Before the SDK's own enum converter, which would keep the C# names.
        options.Converters.Insert(0, new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        options.Converters.Insert(0, new TextConverter<CompanyId>(text => CompanyId.TryParse(text, out var id) ? id : null, CompanyId.Rule));
        options.Converters.Insert(0, new TextConverter<WorkflowId>(text => WorkflowId.TryParse(text, out var id) ? id : null, WorkflowId.Rule));
        options.Converters.Insert(0, new TextConverter<RunId>(text => RunId.TryParse(text, out var id) ? id : null, "a UUID"));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class TextConverter<T>(Func<string?, T?> parse, string rule) : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            (reader.TokenType is JsonTokenType.String ? parse(reader.GetString()) : null) ?? throw new JsonException($"Expected {rule}.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
