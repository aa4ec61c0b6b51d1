using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Auditing;
using Microsoft.Extensions.AI;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>What the SDK's schemas need to suit strict clients and our ids.</summary>
internal static class ToolSchemas
{
    private static readonly string[] Nested = ["items", "additionalProperties", "anyOf", "oneOf", "allOf"];

    private static readonly Dictionary<Type, string> Patterns = new()
    {
        [typeof(CompanyId)] = "^[A-Za-z0-9_-]{1,64}$",
        [typeof(WorkflowId)] = "^[A-Za-z0-9_-]{1,128}$",
    };

    /// <summary>The formats tell the validator what the C# type can hold; an integer without one is 32 bits wide.</summary>
    private static readonly Dictionary<Type, string> Formats = new()
    {
        [typeof(RunId)] = "uuid",
        [typeof(long)] = "int64",
        [typeof(decimal)] = "decimal",
    };

    /// <summary>Ids are strings with a rule: the exporter knows nothing of a type with its own converter.</summary>
    public static AIJsonSchemaCreateOptions CreateOptions { get; } = new() { TransformSchemaNode = TransformNode };

    /// <summary>
    /// The input schema with snake_case argument names, without null as a type (an argument that may be left out is simply not required), and closed
    /// to unknown arguments. <paramref name="parameterNames"/> receives argument name to C# parameter name.
    /// </summary>
    /// <remarks><paramref name="secrets"/> are the parameters that are <c>writeOnly</c>: the exporter shows marks of members, not of parameters.</remarks>
    public static JsonElement Input(JsonElement schema, IReadOnlySet<string> secrets, out IReadOnlyDictionary<string, string> parameterNames)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var root = JsonNode.Parse(schema.GetRawText())!.AsObject();
        var properties = new JsonObject();
        foreach (var (parameter, node) in (root["properties"] as JsonObject ?? []).ToArray())
        {
            var argument = JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter);
            names.Add(argument, parameter);
            properties[argument] = node?.DeepClone();
            if (secrets.Contains(parameter) && properties[argument] is JsonObject secret)
            {
                // The keyword that JSON Schema has for what is sent and never shown.
                secret["writeOnly"] = true;
            }
        }

        root["properties"] = properties;
        if (root["required"] is JsonArray required)
        {
            root["required"] = new JsonArray([.. required.Select(name => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(name!.GetValue<string>()))]);
        }

        root["additionalProperties"] = false;
        foreach (var (_, property) in properties)
        {
            DropNull(property, names);
        }

        parameterNames = names;
        return JsonSerializer.SerializeToElement(root);
    }

    private static JsonNode TransformNode(AIJsonSchemaCreateContext context, JsonNode node)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var nullable = type != context.TypeInfo.Type;
        var isId = Patterns.TryGetValue(type, out var pattern) | type == typeof(RunId);
        if (node is not JsonObject schema)
        {
            schema = [];
        }

        if (isId)
        {
            schema["type"] = nullable ? new JsonArray("string", "null") : "string";
        }

        if (pattern is not null)
        {
            schema["pattern"] = pattern;
        }

        if (Formats.TryGetValue(type, out var format))
        {
            schema["format"] = format;
        }

        var secret = context.GetCustomAttribute<SecretAttribute>() is not null;
        if (secret)
        {
            schema["writeOnly"] = true;
        }

        // What may be anything is "true" to the exporter, which strict clients refuse among properties; an empty schema says the same.
        return isId || format is not null || secret || node.GetValueKind() is JsonValueKind.True ? schema : node;
    }

    private static void DropNull(JsonNode? node, Dictionary<string, string> names)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                DropNull(item, names);
            }
        }

        if (node is not JsonObject schema)
        {
            return;
        }

        if (schema["required"] is JsonArray required && schema["properties"] is JsonObject members)
        {
            // A member that may be null may be left out as well: the serializer then takes null.
            var rest = required.Select(name => name!.GetValue<string>()).Where(name => !AllowsNull(members[name])).ToArray();
            schema.Remove("required");
            if (rest.Length > 0)
            {
                schema["required"] = new JsonArray([.. rest.Select(name => (JsonNode)name)]);
            }
        }

        if (schema["type"] is JsonArray types)
        {
            var some = types.Select(type => type!.GetValue<string>()).Where(type => type != "null").ToArray();
            schema["type"] = some.Length == 1 ? some[0] : new JsonArray([.. some.Select(type => (JsonNode)type)]);
        }

        if (schema["enum"] is JsonArray values && values.Any(value => value is null))
        {
            schema["enum"] = new JsonArray([.. values.Where(value => value is not null).Select(value => value!.DeepClone())]);
        }

        if (schema.ContainsKey("default") && schema["default"] is null)
        {
            schema.Remove("default");
        }

        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            schema["$ref"] = Rename(reference, names);
        }

        if (schema["properties"] is JsonObject properties)
        {
            schema.TryAdd("additionalProperties", false);
            foreach (var (_, property) in properties)
            {
                DropNull(property, names);
            }
        }

        foreach (var keyword in Nested)
        {
            DropNull(schema[keyword], names);
        }
    }

    private static bool AllowsNull(JsonNode? schema) =>
        schema is JsonObject && schema["type"] is JsonArray types && types.Any(type => type!.GetValue<string>() == "null");

    /// <summary>A pointer such as #/properties/newSteps/items follows its argument's new name.</summary>
    private static string Rename(string reference, Dictionary<string, string> names)
    {
        var parts = reference.Split('/');
        if (parts is ["#", "properties", var parameter, ..] && names.FirstOrDefault(pair => pair.Value == parameter).Key is { } argument)
        {
            parts[2] = argument;
        }

        return string.Join('/', parts);
    }
}
