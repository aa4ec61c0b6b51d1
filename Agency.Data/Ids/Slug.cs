using System.Buffers;
using System.Text;

namespace Agency.Data;

/// <summary>The character rule that company and workflow ids share.</summary>
internal static class Slug
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    public static bool IsValid(string? text, int maxLength) =>
        text is { Length: > 0 } && text.Length <= maxLength && !text.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>At most 80 characters of a refused id, control characters replaced, fit for an error message or a log.</summary>
    public static string Printable(string? text)
    {
        var printable = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes().Take(80))
        {
            printable.Append(Rune.IsControl(rune) ? "\uFFFD" : rune.ToString());
        }

        return printable.ToString();
    }
}
