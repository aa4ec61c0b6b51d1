using System.Text;

namespace Agency.Sops;

/// <summary>The character rules of the names in a procedure.</summary>
internal static class Names
{
    public const string SlugRule = "1 to 64 letters A-Z a-z, digits, '_' or '-'";
    public const string IdentifierRule = "a letter or '_', then letters, digits, '_' or '-', at most 64";

    public static bool IsSlug(string text) => text.Length is > 0 and <= 64 && text.All(IsNameCharacter);

    public static bool IsIdentifier(string text) => IsSlug(text) && (char.IsAsciiLetter(text[0]) || text[0] == '_');

    public static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    /// <summary>A slug made from a title: <c>Weekly Report!</c> becomes <c>weekly_report</c>; empty when nothing is left.</summary>
    public static string SlugFrom(string title)
    {
        var slug = new StringBuilder();
        foreach (var c in title)
        {
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(char.ToLowerInvariant(c));
            else if (slug.Length > 0 && slug[^1] != '_') slug.Append('_');
            if (slug.Length == 64) break;
        }

        return slug.ToString().TrimEnd('_');
    }

    /// <summary>At most 80 characters of foreign text on one line, for a message.</summary>
    public static string Shown(string text)
    {
        var line = string.Concat(text.Take(80).Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length > 80 ? line + "…" : line;
    }
}
