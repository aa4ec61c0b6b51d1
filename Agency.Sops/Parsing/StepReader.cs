using System.Text.Json;
using System.Text.Json.Nodes;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Agency.Sops.Parsing;

/// <summary>Reads the numbered items of the document as steps.</summary>
internal sealed class StepReader(string markdown, SopToolSet? known, TemplateChecker templates, Problems problems)
{
    private static readonly JsonDocumentOptions Json = new() { AllowDuplicateProperties = false };

    private readonly List<SopStep> _steps = [];
    private readonly List<string> _results = [];

    public List<SopStep> Read(MarkdownDocument document)
    {
        foreach (var block in document)
        {
            if (block is ListBlock { IsOrdered: true } list)
            {
                foreach (var item in list.OfType<ListItemBlock>()) _steps.Add(ReadStep(item));
            }
            else
            {
                foreach (var fence in FencesIn(block))
                {
                    problems.Error(Line(fence), "This tool call is not inside a numbered step. Indent it, fences included, to the text of its step.");
                }
            }
        }

        return _steps;
    }

    private SopStep ReadStep(ListItemBlock item)
    {
        var number = _steps.Count + 1;
        var fences = FencesIn(item).ToList();
        foreach (var extra in fences.Skip(1))
        {
            problems.Error(Line(extra), $"Step {number} has more than one tool call. Make each call a step of its own.");
        }

        var call = fences.Count == 0 ? null : ReadCall(fences[0], number);
        var instructions = Instructions(item, fences);
        var title = Title(item) is { Length: > 0 } text ? text : call?.Tool.ToString() ?? $"Step {number}";
        if (call is null && fences.Count == 0 && instructions.Length == 0) problems.Warning(Line(item), $"Step {number} is empty. Write what is to be done, or remove it.");
        return new SopStep(number, title, instructions, call, Line(item));
    }

    private SopToolCall? ReadCall(FencedCodeBlock fence, int number)
    {
        var line = Line(fence);
        var words = (fence.Arguments ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var parts = words.Length > 0 ? words[0].Split('.') : [];
        if (parts is not [var server, var tool] || !Names.IsIdentifier(server) || !Names.IsIdentifier(tool) || words is not ([_] or [_, "as", _]))
        {
            problems.Error(line, $"'tool {Names.Shown(fence.Arguments ?? "")}' is not a call. Write '```tool server.tool', or '```tool server.tool as name' to name the result.");
            return null;
        }

        var name = words.Length == 3 ? words[2] : $"step{number}";
        if (!Names.IsIdentifier(name)) problems.Error(line, $"'{Names.Shown(name)}' cannot name a result: {Names.IdentifierRule}.");
        else if (_results.Contains(name)) problems.Error(line, $"Two results are named '{name}'. Choose another name after 'as'.");

        if (known?.Check(new SopTool(server, tool)) is { } unknown) problems.Error(line, unknown);
        var arguments = ReadArguments(fence);
        if (arguments is not null) templates.CheckArguments(arguments, _results, text => LineOf(fence, text));
        _results.Add(name);
        return arguments is null ? null : new SopToolCall(new SopTool(server, tool), arguments, name, line);
    }

    private JsonObject? ReadArguments(FencedCodeBlock fence)
    {
        var text = fence.Lines.ToString();
        if (string.IsNullOrWhiteSpace(text)) return [];
        try
        {
            if (JsonNode.Parse(text, null, Json) is JsonObject arguments) return arguments;
            problems.Error(Line(fence) + 1, "A call's arguments are a JSON object: { \"client\": \"{{ company.id }}\" }.");
        }
        catch (JsonException e)
        {
            // The framework's text ends in its own position, counted within the block.
            var reason = e.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0];
            problems.Error(Line(fence) + 1 + (int)(e.LineNumber ?? 0), $"The call's arguments are not valid JSON: {reason} Templates stand inside quotes.");
        }

        return null;
    }

    private string Instructions(ListItemBlock item, List<FencedCodeBlock> fences)
    {
        var pieces = new List<string>();
        foreach (var block in item)
        {
            if (fences.Contains(block) || block.Span.IsEmpty) continue;
            pieces.Add(markdown[block.Span.Start..Math.Min(block.Span.End + 1, markdown.Length)].Trim());
        }

        return string.Join("\n\n", pieces.Where(p => p.Length > 0));
    }

    private static string Title(ListItemBlock item)
    {
        if (item.OfType<ParagraphBlock>().FirstOrDefault()?.Inline is not { } inline) return "";
        var strong = inline.FirstChild is EmphasisInline { DelimiterCount: 2 } bold ? InlineText.Of(bold) : null;
        var text = (strong ?? InlineText.FirstLine(inline)).Trim().TrimEnd(':', '.').Trim();
        return text.Length <= 120 ? text : string.Concat(text.AsSpan(0, 119), "…");
    }

    private static IEnumerable<FencedCodeBlock> FencesIn(Block block) =>
        (block is FencedCodeBlock self ? [self] : (block as ContainerBlock)?.Descendants<FencedCodeBlock>() ?? []).Where(f => f.Info == "tool");

    private static int LineOf(FencedCodeBlock fence, string text)
    {
        for (var i = 0; i < fence.Lines.Count; i++)
        {
            if (fence.Lines.Lines[i].ToString().Contains(text, StringComparison.Ordinal)) return Line(fence) + 1 + i;
        }

        return Line(fence);
    }

    private static int Line(Block block) => block.Line + 1;
}
