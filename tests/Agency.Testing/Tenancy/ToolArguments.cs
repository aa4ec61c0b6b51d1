using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agency.Testing.Tenancy;

/// <summary>Arguments for a tool, made from its schema: what it requires, and every place that takes a text.</summary>
internal static class ToolArguments
{
    private const string Date = "2026-01-05";

    /// <summary>By the argument's name, where its schema does not say enough for a call to get as far as the data.</summary>
    private static readonly Dictionary<string, JsonNode> Usual = new(StringComparer.Ordinal)
    {
        ["schedule"] = "@daily",
        ["from"] = "2026-01-01T00:00:00Z",
        ["to"] = "2026-01-02T00:00:00Z",
        ["at"] = "2026-01-02T00:00:00Z",
        ["ends_at"] = "2199-01-01T00:00:00Z",
        ["date"] = Date,
        ["dates"] = new JsonArray(Date),
        ["period"] = "last_7_days",
        ["content"] = """[{"id":"own","client":"mine","type":"t"}]""",
        ["markdown"] = "# Own\n\n1. Note it.\n",
        ["metric"] = "leads",
        ["url"] = "https://crm.example.com/mcp",
        ["value"] = "A-value-of-some-length-1",
    };

    /// <summary>The least that a call needs.</summary>
    public static JsonObject Least(JsonElement schema)
    {
        var arguments = new JsonObject();
        foreach (var name in Required(schema))
        {
            arguments[name] = Value(name, schema.GetProperty("properties").GetProperty(name));
        }

        return arguments;
    }

    /// <summary>The same with <paramref name="attack"/> in one place that takes a text, for each such place; with the place's name.</summary>
    public static IEnumerable<(string Place, JsonObject Arguments)> With(JsonElement schema, string attack)
    {
        foreach (var property in schema.GetProperty("properties").EnumerateObject())
        {
            foreach (var (place, value) in Attacked(property.Name, property.Value, attack))
            {
                var arguments = Least(schema);
                arguments[property.Name] = value;
                yield return (place, arguments);
            }
        }
    }

    private static IEnumerable<(string Place, JsonNode Value)> Attacked(string name, JsonElement schema, string attack)
    {
        switch (Type(schema))
        {
            case "string" when !schema.TryGetProperty("enum", out _):
                yield return (name, attack);
                break;
            case "array" when schema.TryGetProperty("items", out var items):
                foreach (var (place, value) in Attacked($"{name}[]", items, attack))
                {
                    yield return (place, new JsonArray(value));
                }

                break;
            case "object" when schema.TryGetProperty("properties", out var members):
                foreach (var member in members.EnumerateObject())
                {
                    foreach (var (place, value) in Attacked(member.Name, member.Value, attack))
                    {
                        var whole = Least(schema);
                        whole[member.Name] = value;
                        yield return ($"{name}.{place}", whole);
                    }
                }

                break;
            case "object":
                yield return (name, new JsonObject { [attack] = attack });
                break;
        }
    }

    private static JsonNode Value(string name, JsonElement schema)
    {
        if (schema.TryGetProperty("enum", out var values))
        {
            return JsonNode.Parse(values[0].GetRawText())!;
        }

        if (Usual.TryGetValue(name, out var usual) && Type(schema) == (usual is JsonArray ? "array" : "string"))
        {
            return Type(schema) == "array" && schema.GetProperty("items").TryGetProperty("properties", out _) ? new JsonArray(Least(schema.GetProperty("items"))) : usual.DeepClone();
        }

        return Type(schema) switch
        {
            "string" when schema.TryGetProperty("format", out var format) => format.GetString() switch
            {
                "uuid" => Guid.NewGuid().ToString(),
                "date-time" => "2026-01-02T00:00:00Z",
                _ => Date,
            },
            "string" when name.EndsWith("_id", StringComparison.Ordinal) && name is not ("company_id" or "workflow_id") => Guid.NewGuid().ToString(),
            "integer" or "number" => schema.TryGetProperty("minimum", out var minimum) ? JsonNode.Parse(minimum.GetRawText())! : 1,
            "boolean" => false,
            "array" => new JsonArray(schema.TryGetProperty("items", out var items) ? Value(name, items) : "own"),
            "object" => schema.TryGetProperty("required", out _) ? Least(schema) : new JsonObject(),
            _ => "own",
        };
    }

    private static IEnumerable<string> Required(JsonElement schema) =>
        schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()!) : [];

    private static string? Type(JsonElement schema) => schema.TryGetProperty("type", out var type) && type.ValueKind is JsonValueKind.String ? type.GetString() : null;
}
