using Agency.Sops.Parsing;
using Markdig;
using Markdig.Syntax;

namespace Agency.Sops;

/// <summary>
/// Reads a standard operating procedure: optional YAML front matter, a <c># Title</c> and numbered steps. A step that holds a fenced block
/// <c>```tool server.tool as name</c> with a JSON object of arguments is executed as that MCP call; any other step is guidance.
/// </summary>
public static class SopParser
{
    /// <summary>The longest document accepted, in characters.</summary>
    public const int MaxLength = 256 * 1024;

    private const int MaxFrontMatterLength = 32 * 1024;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePreciseSourceLocation().Build();

    /// <summary>Parses and validates. Never throws on a document's content.</summary>
    /// <param name="markdown">The document.</param>
    /// <param name="known">When given, calls of other servers or tools are errors.</param>
    public static SopParseResult Parse(string markdown, SopToolSet? known = null)
    {
        ArgumentNullException.ThrowIfNull(markdown);
        var problems = new Problems();
        var sop = markdown.Length > MaxLength ? TooLong(problems, markdown.Length) : Parse(Normalize(markdown), known, problems);
        return new SopParseResult(problems.HasErrors ? null : sop, problems.InOrder());
    }

    private static Sop? TooLong(Problems problems, int length)
    {
        problems.Error(1, $"The procedure has {length} characters; at most {MaxLength} are read. Move reference material into the company's documents.");
        return null;
    }

    private static string Normalize(string markdown) => markdown.TrimStart('\uFEFF').ReplaceLineEndings("\n");

    private static Sop? Parse(string markdown, SopToolSet? known, Problems problems)
    {
        var front = ReadFrontMatter(markdown, problems, out var body, out var hasFrontMatter);
        MarkdownDocument document;
        try
        {
            document = Markdown.Parse(body, Pipeline);
        }
        catch (ArgumentException)
        {
            // Markdig's only refusal: its limit of nested elements.
            problems.Error(1, "The Markdown is nested too deeply. Flatten its lists and quotes.");
            return null;
        }

        var templates = new TemplateChecker(front.Inputs, front.InjectsContext, problems);
        if (front.ContextQuery is { } query)
        {
            templates.CheckContextQuery(query, front.ContextQueryLine);
            if (!front.InjectsContext) problems.Warning(front.ContextQueryLine, "'context_query' is not used: 'context: none' leaves the company's context out. Remove one of the two.");
        }

        var title = ReadTitle(document, problems);
        var steps = new StepReader(body, known, templates, problems).Read(document);
        if (steps.Count == 0) problems.Error(1, "There are no steps. Write them as a numbered list: '1. …', '2. …'.");
        if (!hasFrontMatter) problems.Warning(1, "There is no front matter, so no name, description or inputs. Put '---', 'name: …', '---' at the top.");
        else if (front.Name is null) problems.Warning(1, "The front matter has no 'name'; it is made from the title.");

        var name = front.Name ?? Names.SlugFrom(title);
        if (name.Length == 0 && title.Length > 0) problems.Error(1, $"No name can be made from the title. Give one in the front matter: {Names.SlugRule}.");
        return new Sop
        {
            Name = name,
            Title = title,
            Description = front.Description,
            Version = front.Version,
            Inputs = front.Inputs,
            // A title or description is text and not a template, so braces in it must not be read as one.
            ContextQuery = front.ContextQuery ?? $"{title}. {front.Description}".Replace("{", "", StringComparison.Ordinal).Trim(),
            InjectsContext = front.InjectsContext,
            StepTimeout = front.Timeout,
            Steps = steps,
        };
    }

    /// <summary>Splits off the front matter, leaving blank lines in the body so that its line numbers are the document's.</summary>
    private static FrontMatter ReadFrontMatter(string markdown, Problems problems, out string body, out bool present)
    {
        body = markdown;
        present = markdown.StartsWith("---\n", StringComparison.Ordinal);
        if (!present) return new FrontMatter();

        var end = markdown.IndexOf("\n---", 3, StringComparison.Ordinal);
        while (end >= 0 && end + 4 < markdown.Length && markdown[end + 4] != '\n') end = markdown.IndexOf("\n---", end + 4, StringComparison.Ordinal);
        if (end < 0)
        {
            problems.Error(1, "The front matter is not closed. End it with a line '---'.");
            return new FrontMatter();
        }

        var yaml = end > 4 ? markdown[4..end] : "";
        body = new string('\n', markdown.AsSpan(0, end + 1).Count('\n') + 1) + markdown[Math.Min(end + 5, markdown.Length)..];
        if (yaml.Length <= MaxFrontMatterLength) return new FrontMatterReader(problems).Read(yaml);
        problems.Error(1, $"The front matter has {yaml.Length} characters; at most {MaxFrontMatterLength} are read.");
        return new FrontMatter();
    }

    private static string ReadTitle(MarkdownDocument document, Problems problems)
    {
        var headings = document.OfType<HeadingBlock>().Where(h => h.Level == 1).ToList();
        foreach (var extra in headings.Skip(1)) problems.Warning(extra.Line + 1, "A second '# Title'; the first one counts. Use '##' for sections.");
        var title = headings is [{ Inline: { } inline }, ..] ? InlineText.Of(inline).Trim() : "";
        if (title.Length == 0) problems.Error(1, "There is no title. Write '# Title' above the steps.");
        return title;
    }
}
