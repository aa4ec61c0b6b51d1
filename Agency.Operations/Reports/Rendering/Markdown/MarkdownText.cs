using System.Text;

namespace Agency.Operations.Reports.Rendering.Markdown;

/// <summary>
/// Text that Markdown must show and never interpret: names and messages come from clients and tools.
/// </summary>
internal static class MarkdownText
{
    /// <summary>On one line: for headings and table cells.</summary>
    public static string Inline(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return EscapeLine(string.Join(' ', words));
    }

    /// <summary>With the text's own line breaks kept.</summary>
    public static string Paragraph(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(Inline).Where(line => line.Length > 0);
        return string.Join("\\\n", lines);
    }

    private static string EscapeLine(string line)
    {
        var output = new StringBuilder(line.Length + 16);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            switch (c)
            {
                case '&': output.Append("&amp;"); break;
                case '<': output.Append("&lt;"); break;
                case '>': output.Append("&gt;"); break;
                case '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '~' or '#' or '!' or '$':
                    output.Append('\\').Append(c);
                    break;
                case '-' or '+' or '=' when i == 0:
                    output.Append('\\').Append(c);
                    break;
                case '.' or ')' when IsOrdinal(line, i):
                    output.Append('\\').Append(c);
                    break;
                default:
                    output.Append(char.IsControl(c) ? ' ' : c);
                    break;
            }
        }
        return output.ToString();
    }

    /// <summary>A dot after the digits that start a line, with a space behind it, would open a numbered list.</summary>
    private static bool IsOrdinal(string line, int dot) =>
        dot is > 0 and < 10
        && line.AsSpan(0, dot).IndexOfAnyExceptInRange('0', '9') < 0
        && (dot + 1 == line.Length || line[dot + 1] == ' ');
}
