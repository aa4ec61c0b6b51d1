namespace Agency.Operations.Reports;

/// <summary>A part of a report's text that suits a model's context.</summary>
internal sealed record MarkdownPart(string Text, int? NextOffset)
{
    public const int Longest = 8000;

    // A part ends with a line unless that would make it much shorter.
    private const int Slack = 2000;

    public static MarkdownPart Of(string text, int offset)
    {
        var start = Math.Clamp(offset, 0, text.Length);
        if (text.Length - start <= Longest)
        {
            return new MarkdownPart(text[start..], null);
        }

        var end = start + Longest;
        var line = text.LastIndexOf('\n', end - 1, Slack);
        end = line >= 0 ? line + 1 : char.IsLowSurrogate(text[end]) ? end - 1 : end;
        return new MarkdownPart(text[start..end], end);
    }
}
