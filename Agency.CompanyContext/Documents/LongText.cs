namespace Agency.CompanyContext.Documents;

/// <summary>Cuts a text that is too long for one passage where it hurts least.</summary>
internal static class LongText
{
    private static readonly string[] SentenceEnds = [". ", "! ", "? ", "。", "！", "？", "; "];

    public static IEnumerable<string> Split(string text, int max)
    {
        var start = 0;
        while (text.Length - start > max)
        {
            var end = start + CutAt(text.AsSpan(start, max));
            if (text[start..end].Trim() is { Length: > 0 } piece)
            {
                yield return piece;
            }

            start = end;
        }

        if (text[start..].Trim() is { Length: > 0 } rest)
        {
            yield return rest;
        }
    }

    /// <summary>After a line, else after a sentence, else after a word, if that leaves at least half; else anywhere but inside a character.</summary>
    private static int CutAt(ReadOnlySpan<char> window)
    {
        var least = window.Length / 2;
        var line = window.LastIndexOf('\n') + 1;
        if (line >= least)
        {
            return line;
        }

        var sentence = 0;
        foreach (var ending in SentenceEnds)
        {
            var at = window.LastIndexOf(ending);
            sentence = Math.Max(sentence, at < 0 ? 0 : at + ending.Length);
        }

        if (sentence >= least)
        {
            return sentence;
        }

        var word = window.LastIndexOf(' ') + 1;
        return word >= least ? word : char.IsHighSurrogate(window[^1]) ? window.Length - 1 : window.Length;
    }
}
