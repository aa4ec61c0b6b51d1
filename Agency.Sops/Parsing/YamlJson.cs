using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Agency.Sops.Parsing;

/// <summary>A YAML value as JSON, by YAML's core schema: unquoted numbers, booleans and null are such, all else is text.</summary>
internal static class YamlJson
{
    public static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlSequenceNode list => new JsonArray([.. list.Select(ToJson)]),
        YamlMappingNode map => ToObject(map),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => FromPlain(scalar.Value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static JsonObject ToObject(YamlMappingNode map)
    {
        var result = new JsonObject();
        foreach (var (key, value) in map.Children) result[(key as YamlScalarNode)?.Value ?? ""] = ToJson(value);
        return result;
    }

    private static JsonValue? FromPlain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
