namespace Agency.WorkerProtocol;

/// <summary>Bounds for the texts in events, so that an event always fits its line.</summary>
public static class ProtocolText
{
    /// <summary>For results and notes.</summary>
    public const int MaxExcerpt = 4096;

    /// <summary>For error messages and summaries.</summary>
    public const int MaxMessage = 2048;

    /// <summary>For titles, names and ids.</summary>
    public const int MaxName = 256;

    /// <summary>At most <paramref name="max"/> UTF-16 units of <paramref name="text"/>, ending in an ellipsis when cut, never within a surrogate pair.</summary>
    public static string Clip(string text, int max)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= max) return text;
        var end = char.IsHighSurrogate(text[max - 2]) ? max - 2 : max - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
