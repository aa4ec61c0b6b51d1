using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Agency.Sops.Parsing;

/// <summary>Reads the YAML front matter through YAML's node model: no reflection, no types named by the document.</summary>
internal sealed class FrontMatterReader(Problems problems)
{
    private const int MaxDepth = 8;

    /// <summary>Lines of the document above the YAML text, added to every reported line.</summary>
    private const int LineOffset = 1;

    public FrontMatter Read(string yaml)
    {
        var root = Load(yaml);
        var result = new FrontMatter();
        foreach (var (keyNode, value) in root?.Children ?? Enumerable.Empty<KeyValuePair<YamlNode, YamlNode>>())
        {
            var key = (keyNode as YamlScalarNode)?.Value ?? "";
            result = key switch
            {
                "name" => result with { Name = ReadName(value) },
                "description" => result with { Description = Text(key, value) },
                "version" => result with { Version = Text(key, value) },
                "context" => result with { InjectsContext = ReadContext(value) },
                "context_query" => result with { ContextQuery = Text(key, value), ContextQueryLine = Line(value) },
                "timeout" => result with { Timeout = ReadTimeout(value) },
                "inputs" => result with { Inputs = ReadInputs(value) },
                _ => Unknown(keyNode, key, result),
            };
        }

        return result;
    }

    private FrontMatter Unknown(YamlNode keyNode, string key, FrontMatter result)
    {
        problems.Warning(Line(keyNode), $"The front matter's '{Names.Shown(key)}' is not used. Known: name, description, version, inputs, context, context_query, timeout.");
        return result;
    }

    private YamlMappingNode? Load(string yaml)
    {
        try
        {
            if (!IsPlain(yaml)) return null;
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count == 0) return null;
            if (stream.Documents[0].RootNode is YamlMappingNode root) return root;
            problems.Error(LineOffset + 1, "The front matter is not a list of 'key: value' lines. Write for example 'name: weekly_reporting'.");
        }
        catch (YamlException e)
        {
            problems.Error((int)e.Start.Line + LineOffset, $"The front matter is not valid YAML: {e.Message} Correct it or quote the value.");
        }

        return null;
    }

    /// <summary>Walks the events, which takes no stack, and refuses what the node model would follow too far.</summary>
    private bool IsPlain(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        var depth = 0;
        while (parser.MoveNext())
        {
            var line = (int)parser.Current!.Start.Line + LineOffset;
            depth += parser.Current.NestingIncrease;
            if (parser.Current is AnchorAlias)
            {
                problems.Error(line, "The front matter uses a YAML alias (*name), which procedures do not allow. Write the value out.");
                return false;
            }

            if (depth > MaxDepth)
            {
                problems.Error(line, $"The front matter is nested more than {MaxDepth} levels deep. Flatten it.");
                return false;
            }
        }

        return true;
    }

    private string? ReadName(YamlNode node)
    {
        var name = Text("name", node);
        if (name is null || Names.IsSlug(name)) return name;
        problems.Error(Line(node), $"'{Names.Shown(name)}' is not a procedure name: {Names.SlugRule}.");
        return null;
    }

    private bool ReadContext(YamlNode node)
    {
        if (node is not YamlScalarNode)
        {
            _ = Text("context", node);
            return true;
        }

        var given = Text("context", node) ?? "";
        if (given is "inject" or "none") return given is "inject";
        problems.Error(Line(node), $"'{Names.Shown(given)}' says nothing about the company's context. Write 'none' to leave it out, or 'inject', which is the default.");
        return true;
    }

    private TimeSpan? ReadTimeout(YamlNode node)
    {
        var text = Text("timeout", node) ?? "";
        var unit = text.Length == 0 ? 's' : text[^1];
        var digits = char.IsAsciiDigit(unit) ? text : text[..^1];
        int? factor = unit switch { 's' => 1, 'm' => 60, _ when char.IsAsciiDigit(unit) => 1, _ => null };
        if (factor is not null && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) && amount is > 0 and <= 86_400)
        {
            return TimeSpan.FromSeconds((long)amount * factor.Value);
        }

        problems.Error(Line(node), $"'{Names.Shown(text)}' is not a timeout. Write seconds or minutes, for example '90s' or '5m'.");
        return null;
    }

    private List<SopInput> ReadInputs(YamlNode node)
    {
        var inputs = new List<SopInput>();
        if (node is not YamlSequenceNode list)
        {
            problems.Error(Line(node), "'inputs' is not a list. Write each input as '- name: …' with description, required and default below it.");
            return inputs;
        }

        foreach (var item in list)
        {
            if (ReadInput(item) is not { } input) continue;
            if (inputs.Exists(i => i.Name == input.Name)) problems.Error(Line(item), $"The input '{input.Name}' is declared twice. Remove one.");
            else inputs.Add(input);
        }

        return inputs;
    }

    private SopInput? ReadInput(YamlNode node)
    {
        if (node is not YamlMappingNode map)
        {
            problems.Error(Line(node), "An input is written '- name: …' with description, required and default below it.");
            return null;
        }

        string? name = null;
        string? description = null;
        var required = false;
        JsonNode? fallback = null;
        foreach (var (keyNode, value) in map.Children)
        {
            switch ((keyNode as YamlScalarNode)?.Value)
            {
                case "name": name = Text("name", value); break;
                case "description": description = Text("description", value); break;
                case "required": required = Flag(value); break;
                case "default": fallback = YamlJson.ToJson(value); break;
                case var other:
                    problems.Warning(Line(keyNode), $"An input's '{Names.Shown(other ?? "")}' is not used. Known: name, description, required, default.");
                    break;
            }
        }

        if (name is not null && Names.IsIdentifier(name)) return new SopInput(name, description, required, fallback);
        problems.Error(Line(node), $"An input needs a name: {Names.IdentifierRule}.");
        return null;
    }

    private bool Flag(YamlNode node)
    {
        if (YamlJson.ToJson(node) is JsonValue value && value.TryGetValue<bool>(out var flag)) return flag;
        problems.Error(Line(node), "'required' is 'true' or 'false'.");
        return false;
    }

    private string? Text(string key, YamlNode node)
    {
        if (node is YamlScalarNode scalar) return string.IsNullOrWhiteSpace(scalar.Value) ? null : scalar.Value.Trim();
        problems.Error(Line(node), $"'{key}' is not a text. Write '{key}: …' on one line, or quote it.");
        return null;
    }

    private static int Line(YamlNode node) => (int)node.Start.Line + LineOffset;
}
