using System.Text;

namespace Agency.CompanyContext.Documents;

/// <summary>A heading (level from 1) or a block of text (level 0).</summary>
internal readonly record struct Block(int Level, string Text);

/// <summary>
/// Reads a document's headings and paragraphs line by line, in time linear in its length whatever it holds: finer structure does not matter for
/// passages. Fenced code and front matter hold no headings.
/// </summary>
internal static class Blocks
{
    private const int MaxFrontMatter = 32 * 1024;

    public static IEnumerable<Block> Read(string text, bool markdown)
    {
        var reader = new StringReader(text);
        var paragraph = new StringBuilder();
        var lines = 0;
        string? fence = null;
        var inFrontMatter = false;
        var first = true;
        while (reader.ReadLine() is { } line)
        {
            line = line.TrimEnd();
            if (first && markdown && line == "---")
            {
                inFrontMatter = text.AsSpan(3, Math.Min(text.Length, MaxFrontMatter) - 3).Contains("\n---", StringComparison.Ordinal);
                first = false;
                continue;
            }

            first = false;
            if (inFrontMatter)
            {
                if (line is "---" or "...")
                {
                    inFrontMatter = false;
                    line = "";
                }
            }
            else if (markdown && fence is null && Heading(line) is { } heading)
            {
                foreach (var block in Take(paragraph, ref lines))
                {
                    yield return block;
                }

                yield return heading;
                continue;
            }
            else if (markdown && fence is null && lines == 1 && Underline(line) is var level and > 0 && IsHeadingText(paragraph))
            {
                var title = paragraph.ToString().Trim();
                paragraph.Clear();
                lines = 0;
                yield return new Block(level, title);
                continue;
            }
            else if (markdown)
            {
                fence = Fence(line, fence);
            }

            if (line.Length == 0 && fence is null)
            {
                foreach (var block in Take(paragraph, ref lines))
                {
                    yield return block;
                }

                continue;
            }

            paragraph.Append(line).Append('\n');
            lines++;
        }

        foreach (var block in Take(paragraph, ref lines))
        {
            yield return block;
        }
    }

    private static Block[] Take(StringBuilder paragraph, ref int lines)
    {
        var text = paragraph.ToString().Trim('\n');
        paragraph.Clear();
        lines = 0;
        return string.IsNullOrWhiteSpace(text) ? [] : [new Block(0, text)];
    }

    private static Block? Heading(string line)
    {
        var content = line.AsSpan().TrimStart(' ');
        var level = content.Length - content.TrimStart('#').Length;
        if (line.Length - content.Length > 3 || level is 0 or > 6 || (content.Length > level && content[level] is not (' ' or '\t')))
        {
            return null;
        }

        var title = content[level..].Trim();
        var bare = title.TrimEnd('#');
        title = bare.Length == 0 || bare[^1] is ' ' ? bare.Trim() : title;
        return title.Length == 0 ? null : new Block(level, title.ToString());
    }

    /// <summary>1 for a line of '=', 2 for one of '-', 0 for any other.</summary>
    private static int Underline(string line) =>
        line.Length < 2 ? 0 : !line.AsSpan().ContainsAnyExcept('=') ? 1 : !line.AsSpan().ContainsAnyExcept('-') ? 2 : 0;

    private static bool IsHeadingText(StringBuilder paragraph) => paragraph[0] is not ('|' or '>' or '-' or '*' or '+' or ' ' or '\t');

    /// <summary>The fence that is open after <paramref name="line"/>: as long as the opening one and alone on its line closes it.</summary>
    private static string? Fence(string line, string? open)
    {
        var content = line.AsSpan().TrimStart(' ');
        if (open is not null)
        {
            return content.Length >= open.Length && !content.ContainsAnyExcept(open[0]) ? null : open;
        }

        if (content.Length < 3 || content[0] is not ('`' or '~'))
        {
            return null;
        }

        var length = content.Length - content.TrimStart(content[0]).Length;
        return length >= 3 && !(content[0] == '`' && content[length..].Contains('`')) ? new string(content[0], length) : null;
    }
}
