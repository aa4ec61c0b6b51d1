using System.Globalization;
using System.Text.Json.Nodes;
using Agency.Sops.Templates;

namespace Agency.Sops;

/// <summary>
/// The values that a run's templates can refer to. Holds its own copies: what is put in is data and is never itself read as a template.
/// </summary>
public sealed class SopScope
{
    private readonly JsonObject _root = [];
    private readonly JsonObject _steps = [];
    private readonly Dictionary<string, string> _withheld = new(StringComparer.Ordinal);
    private readonly UntrustedText _untrusted;

    /// <param name="untrusted">How texts of others are marked; a boundary of the scope's own when none is given.</param>
    public SopScope(UntrustedText? untrusted = null)
    {
        _untrusted = untrusted ?? new UntrustedText();
        _root["steps"] = _steps;
    }

    public SopScope WithCompany(string id, string name)
    {
        _root["company"] = new JsonObject { ["id"] = id, ["name"] = name };
        return this;
    }

    public SopScope WithWorkflow(string id, string type)
    {
        _root["workflow"] = new JsonObject { ["id"] = id, ["type"] = type };
        return this;
    }

    public SopScope WithRun(string id, DateTimeOffset scheduledFor, int attempt)
    {
        var utc = scheduledFor.UtcDateTime;
        _root["run"] = new JsonObject
        {
            ["id"] = id,
            ["scheduled_for"] = utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["date"] = utc.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["attempt"] = attempt,
        };
        return this;
    }

    /// <summary>The inputs as <see cref="SopInputs.Resolve"/> gives them.</summary>
    public SopScope WithInputs(JsonObject inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        _root["inputs"] = inputs.DeepClone();
        return this;
    }

    /// <summary>What context injection fetched: <c>{{ context.profile }}</c> and <c>{{ context.passages }}</c>.</summary>
    public SopScope WithContext(JsonNode? profile, JsonNode? passages)
    {
        _root["context"] = new JsonObject { ["profile"] = profile?.DeepClone(), ["passages"] = passages?.DeepClone() };
        return this;
    }

    /// <summary>A step's result, for the steps after it.</summary>
    public void AddStep(string name, JsonNode? result) => _steps[name] = result?.DeepClone();

    /// <summary>Records that a step's result is not to be had, and why; a reference to it fails with that reason.</summary>
    public void WithholdStep(string name, string reason) => _withheld[name] = reason;

    /// <summary>
    /// A value as it stands within a longer text. What comes from documents and tools is marked as data there, because that text may be a prompt; a
    /// single plain word, such as an id or a date, can be no instruction and stands as it is.
    /// </summary>
    internal string Within(TemplateReference reference, JsonNode? value)
    {
        var text = SopTemplate.AsText(value);
        return reference.Segments[0].Name is "context" or "steps" && !IsPlainWord(text) ? _untrusted.Mark(reference.Path, text) : text;
    }

    /// <summary>The value at a path, or what is wrong with the path and what there is instead.</summary>
    internal bool TryResolve(TemplateReference reference, out JsonNode? value, out string? error)
    {
        JsonNode? current = _root;
        var walked = "";
        error = null;
        foreach (var segment in reference.Segments)
        {
            if (walked == "steps" && segment.Name is { } step && _withheld.TryGetValue(step, out var reason))
            {
                value = null;
                error = $"'{{{{ {reference.Path} }}}}': {reason}";
                return false;
            }

            if (!TryStep(current, segment, out var next))
            {
                value = null;
                error = $"'{{{{ {reference.Path} }}}}' refers to nothing: {Describe(walked, current, segment)}";
                return false;
            }

            current = next;
            walked = (walked + segment).TrimStart('.');
        }

        value = current;
        return true;
    }

    private static bool IsPlainWord(string text) => text.Length <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');

    private static bool TryStep(JsonNode? node, PathSegment segment, out JsonNode? next)
    {
        next = null;
        if (segment.Name is { } name) return node is JsonObject o && o.TryGetPropertyValue(name, out next);
        if (node is not JsonArray list || segment.Index >= list.Count) return false;
        next = list[segment.Index];
        return true;
    }

    private static string Describe(string walked, JsonNode? node, PathSegment segment)
    {
        var place = walked.Length == 0 ? "" : $"'{walked}' has ";
        return (node, segment.Name) switch
        {
            (JsonObject { Count: 0 }, { } name) => $"{place}no '{name}'; there is nothing in it.",
            (JsonObject o, { } name) => $"{place}no '{name}'. Available: {Names.Shown(string.Join(", ", o.Select(p => p.Key)))}.",
            (JsonObject, null) => $"'{walked}' is an object, not a list. Use a member's name.",
            (JsonArray { Count: var count }, null) => $"'{walked}' has {count} items, counted from [0].",
            (JsonArray, { } name) => $"'{walked}' is a list and has no '{name}'. Use [0] and so on.",
            (null, _) => $"'{walked}' is null.",
            _ => $"'{walked}' is a single value, without members.",
        };
    }
}
