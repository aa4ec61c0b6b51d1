using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agency.WorkerProtocol.Wire;

/// <summary>Strings without U+0000, which PostgreSQL cannot store: a run must not be lost to one in a tool's result.</summary>
internal sealed class WireText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String ? Clean(reader.GetString()!) : throw new JsonException("A text was expected.");

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Clean(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

    internal static string Clean(string text) => text.Replace('\0', '\uFFFD');
}
