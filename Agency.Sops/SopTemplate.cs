using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Sops.Templates;

namespace Agency.Sops;

/// <summary>
/// Fills templates with a run's values. JSON is parsed before it is filled, so a value cannot leave the string it stands in, and a value is
/// never searched for templates.
/// </summary>
public static class SopTemplate
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// A copy of <paramref name="template"/> with every string value filled. A string that is one reference and nothing else takes the value
    /// with its JSON type; in any other string, values appear as text (objects and lists as JSON, null as nothing), and what the run was given by
    /// documents and tools is marked as data.
    /// </summary>
    /// <returns>False when a reference leads nowhere; <paramref name="error"/> then names it and lists what there is.</returns>
    public static bool TryRender(JsonNode? template, SopScope scope, out JsonNode? value, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(scope);
        value = null;
        switch (template)
        {
            case JsonObject o:
                var copy = new JsonObject();
                foreach (var (key, member) in o)
                {
                    if (!TryRender(member, scope, out var filled, out error)) return false;
                    copy[key] = filled;
                }

                value = copy;
                error = null;
                return true;

            case JsonArray list:
                var items = new JsonArray();
                foreach (var item in list)
                {
                    if (!TryRender(item, scope, out var filled, out error)) return false;
                    items.Add(filled);
                }

                value = items;
                error = null;
                return true;

            case JsonValue text when text.TryGetValue<string>(out var s) && TemplateText.HasTemplate(s):
                return TryRenderString(s, scope, out value, out error);

            default:
                value = template?.DeepClone();
                error = null;
                return true;
        }
    }

    /// <summary>Fills a plain text, such as <see cref="Sop.ContextQuery"/>.</summary>
    public static bool TryRenderText(string template, SopScope scope, out string text, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(scope);
        text = "";
        if (TemplateText.Parse(template, out error) is not { } parts)
        {
            error ??= "";
            return false;
        }

        var filled = new StringBuilder();
        foreach (var (literal, reference) in parts)
        {
            filled.Append(literal);
            if (reference is null) continue;
            if (!scope.TryResolve(reference, out var value, out var problem))
            {
                error = problem ?? "";
                return false;
            }

            filled.Append(scope.Within(reference, value));
        }

        text = filled.ToString();
        error = null;
        return true;
    }

    /// <summary>A JSON value as it reads within a text.</summary>
    internal static string AsText(JsonNode? value)
    {
        if (value is null) return "";
        if (value is JsonValue scalar && scalar.TryGetValue<string>(out var text)) return text;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed)) value.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static bool TryRenderString(string template, SopScope scope, out JsonNode? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        if (TemplateText.Parse(template, out error) is [{ Reference: { } only }])
        {
            if (!scope.TryResolve(only, out var found, out var problem))
            {
                error = problem ?? "";
                return false;
            }

            value = found?.DeepClone();
            error = null;
            return true;
        }

        if (!TryRenderText(template, scope, out var text, out error)) return false;
        value = JsonValue.Create(text);
        return true;
    }
}
