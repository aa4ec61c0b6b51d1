using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>
/// Checks arguments against the advertised input schema, so that what is promised is what holds, and says what is wrong in words that let a
/// model correct itself. Knows the keywords that the SDK generates; others are not checked here.
/// </summary>
internal static class ArgumentValidator
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>The first few faults, or an empty list.</summary>
    public static IReadOnlyList<string> Check(JsonElement schema, IEnumerable<KeyValuePair<string, JsonElement>> arguments)
    {
        var check = new Walk(schema);
        try
        {
            check.Members(schema, [.. arguments], "");
        }
        catch (InvalidOperationException)
        {
            // What JsonElement throws for half of a surrogate pair.
            return ["the arguments hold text that is not valid Unicode"];
        }
        catch (RegexMatchTimeoutException)
        {
            return ["the arguments hold text that takes too long to check: shorten it"];
        }

        return check.Faults;
    }

    private sealed class Walk(JsonElement root)
    {
        private const int MaxFaults = 5;
        private const int MaxDepth = 32;

        private int _depth;

        public List<string> Faults { get; } = [];

        /// <summary>More would not be told, and to look for them is work that the caller could make endless.</summary>
        private bool IsFull => Faults.Count >= MaxFaults;

        public void Members(JsonElement schema, IReadOnlyCollection<KeyValuePair<string, JsonElement>> members, string path)
        {
            var known = schema.TryGetProperty("properties", out var properties)
                ? properties.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal)
                : [];
            var isOpen = !schema.TryGetProperty("additionalProperties", out var additional) || additional.ValueKind is not JsonValueKind.False;
            foreach (var (name, value) in members.TakeWhile(_ => !IsFull))
            {
                if (known.TryGetValue(name, out var member))
                {
                    // Null stands for absent, which the loop over the required ones judges.
                    if (value.ValueKind is not JsonValueKind.Null)
                    {
                        Value(member, value, path + name);
                    }
                }
                else if (isOpen && additional.ValueKind is JsonValueKind.Object)
                {
                    Value(additional, value, path + name);
                }
                else if (!isOpen)
                {
                    Fault($"unknown argument {Quote(path + name)}. {NearestNames.Suggest(name, known.Keys)}");
                }
            }

            foreach (var name in Required(schema).TakeWhile(_ => !IsFull))
            {
                if (!members.Any(member => member.Key == name && (member.Value.ValueKind is not JsonValueKind.Null || AllowsNull(known, name))))
                {
                    Fault($"missing required argument {Quote(path + name)}{Describe(known.GetValueOrDefault(name))}");
                }
            }
        }

        private void Value(JsonElement schema, JsonElement value, string path)
        {
            if (schema.ValueKind is not JsonValueKind.Object || IsFull)
            {
                return;
            }

            if (++_depth > MaxDepth)
            {
                Fault($"{Quote(path)} is nested too deeply");
            }
            else if (schema.TryGetProperty("$ref", out var reference) && Resolve(reference.GetString()) is { } target)
            {
                Value(target, value, path);
            }
            else if (TypeFits(schema, value, path) && EnumFits(schema, value, path))
            {
                Content(schema, value, path);
            }

            _depth--;
        }

        private void Content(JsonElement schema, JsonElement value, string path)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    Members(schema, [.. value.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value))], path + ".");
                    break;
                case JsonValueKind.Array:
                    Count(schema, value.GetArrayLength(), path, "minItems", "maxItems", "items");
                    if (schema.TryGetProperty("items", out var items))
                    {
                        var index = 0;
                        foreach (var item in value.EnumerateArray().TakeWhile(_ => !IsFull))
                        {
                            Value(items, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]"));
                        }
                    }

                    break;
                case JsonValueKind.String:
                    Text(schema, value, path);
                    break;
                case JsonValueKind.Number:
                    Number(schema, value, path);
                    break;
            }
        }

        private bool TypeFits(JsonElement schema, JsonElement value, string path)
        {
            if (!schema.TryGetProperty("type", out var type))
            {
                return true;
            }

            var allowed = type.ValueKind is JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!).ToArray() : [type.GetString()!];
            if (allowed.Any(one => IsOf(value, one)))
            {
                return true;
            }

            Fault($"{Quote(path)} must be {string.Join(" or ", allowed.Select(Article))}, but is {Article(NameOf(value))}");
            return false;
        }

        private bool EnumFits(JsonElement schema, JsonElement value, string path)
        {
            if (!schema.TryGetProperty("enum", out var values) || values.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
            {
                return true;
            }

            Fault($"{Quote(path)} must be one of {string.Join(", ", values.EnumerateArray().Select(one => one.ToString()))}{But(value)}");
            return false;
        }

        private void Text(JsonElement schema, JsonElement value, string path)
        {
            var text = value.GetString()!;
            if (text.Contains('\0', StringComparison.Ordinal))
            {
                Fault($"{Quote(path)} must not hold the character U+0000");
            }

            Count(schema, text.Length, path, "minLength", "maxLength", "characters");
            if (schema.TryGetProperty("pattern", out var pattern) && !Matches(text, pattern.GetString()!))
            {
                Fault($"{Quote(path)} must match the pattern {pattern.GetString()}{But(text)}");
            }

            var format = schema.TryGetProperty("format", out var name) ? name.GetString() : null;
            var (fits, example) = format switch
            {
                "date-time" => (value.TryGetDateTimeOffset(out _) && HasOffset(text), "a date and time with its offset, such as 2026-11-23T09:00:00Z"),
                "date" => (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), "a date such as 2026-11-23"),
                "uuid" => (Guid.TryParseExact(text, "D", out _), "a UUID"),
                "uri" => (Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _), "a URI"),
                _ => (true, ""),
            };
            if (!fits)
            {
                Fault($"{Quote(path)} must be {example}{But(text)}");
            }
        }

        private void Number(JsonElement schema, JsonElement value, string path)
        {
            var number = value.GetDouble();
            var format = schema.TryGetProperty("format", out var name) ? name.GetString() : null;
            if (!double.IsFinite(number)
                || (format is "decimal" && !value.TryGetDecimal(out _))
                || (format is null && schema.TryGetProperty("type", out var type) && type.ValueKind is JsonValueKind.String && type.ValueEquals("integer") && !value.TryGetInt32(out _)))
            {
                Fault($"{Quote(path)} is too large or too small a number");
            }
            else if (schema.TryGetProperty("minimum", out var minimum) && number < minimum.GetDouble())
            {
                Fault($"{Quote(path)} must be at least {minimum}, but is {number.ToString(CultureInfo.InvariantCulture)}");
            }
            else if (schema.TryGetProperty("maximum", out var maximum) && number > maximum.GetDouble())
            {
                Fault($"{Quote(path)} must be at most {maximum}, but is {number.ToString(CultureInfo.InvariantCulture)}");
            }
            else if (schema.TryGetProperty("exclusiveMinimum", out var above) && number <= above.GetDouble())
            {
                Fault($"{Quote(path)} must be more than {above}, but is {number.ToString(CultureInfo.InvariantCulture)}");
            }
            else if (schema.TryGetProperty("exclusiveMaximum", out var below) && number >= below.GetDouble())
            {
                Fault($"{Quote(path)} must be less than {below}, but is {number.ToString(CultureInfo.InvariantCulture)}");
            }
        }

        private void Count(JsonElement schema, int count, string path, string minimumName, string maximumName, string what)
        {
            if (schema.TryGetProperty(minimumName, out var minimum) && count < minimum.GetInt32())
            {
                Fault($"{Quote(path)} must have at least {minimum} {what}, but has {count}");
            }
            else if (schema.TryGetProperty(maximumName, out var maximum) && count > maximum.GetInt32())
            {
                Fault($"{Quote(path)} must have at most {maximum} {what}, but has {count}");
            }
        }

        private JsonElement? Resolve(string? reference)
        {
            var at = root;
            foreach (var part in (reference ?? "").TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
                if (at.ValueKind is not JsonValueKind.Object || !at.TryGetProperty(name, out at))
                {
                    return null;
                }
            }

            return at;
        }

        private void Fault(string text)
        {
            if (Faults.Count < MaxFaults)
            {
                Faults.Add(text);
            }
        }

        private static bool AllowsNull(Dictionary<string, JsonElement> known, string name) =>
            known.TryGetValue(name, out var schema) && schema.TryGetProperty("type", out var type)
            && type.ValueKind is JsonValueKind.Array && type.EnumerateArray().Any(one => one.ValueEquals("null"));

        private static IEnumerable<string> Required(JsonElement schema) =>
            schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()!) : [];

        private static string Describe(JsonElement schema) =>
            schema.ValueKind is JsonValueKind.Object && schema.TryGetProperty("description", out var description) ? $" ({description.GetString()!.TrimEnd('.')})" : "";
    }

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "integer" => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => NameOf(value) == type,
    };

    /// <summary>Whether a text has the pattern of a schema. Unlike .NET, JSON Schema's $ does not match before a line break at the end.</summary>
    public static bool Matches(string text, string pattern) => Regex.IsMatch(
        text, pattern.EndsWith('$') && !pattern.EndsWith("\\$", StringComparison.Ordinal) ? pattern[..^1] + "\\z" : pattern, RegexOptions.None, PatternTimeout);

    /// <summary>Without an offset the time would be the server's local one.</summary>
    private static bool HasOffset(string text) =>
        text.IndexOf('T', StringComparison.Ordinal) is > 0 and var t && text.AsSpan(t).ContainsAny('Z', '+', '-');

    private static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Undefined => "null",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static string Article(string type) => type switch
    {
        "null" => "null",
        "integer" or "array" or "object" => "an " + type,
        _ => "a " + type,
    };

    private static string But(JsonElement value) => But(value.ToString());

    /// <summary>What was sent, where it is short enough to help; control characters would only confuse.</summary>
    private static string But(string text) => text.Length is > 0 and <= 60 && !text.Any(char.IsControl) ? $", but is '{text}'" : "";

    private static string Quote(string path) => $"'{(path.Length <= 100 ? path : path[..100])}'";
}
