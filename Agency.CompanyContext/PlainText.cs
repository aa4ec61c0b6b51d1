using System.Text;
using Agency.Data;

namespace Agency.CompanyContext;

/// <summary>What the database and a prompt can take as text.</summary>
internal static class PlainText
{
    /// <summary>Null when <paramref name="text"/> is absent or fit to store; else what is wrong with it.</summary>
    /// <param name="name">The argument, for the message.</param>
    /// <param name="text">The value.</param>
    /// <param name="maxLength">In characters.</param>
    /// <param name="singleLine">Refuse every control character, not only NUL.</param>
    public static Error? Check(string name, string? text, int maxLength, bool singleLine = false)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length > maxLength)
        {
            return Error.Invalid($"{name} has {text.Length} characters; at most {maxLength} are kept. Shorten it, or load it as a document.");
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0 || (singleLine && Rune.IsControl(rune)))
            {
                return Error.Invalid($"{name} holds a control character (U+{rune.Value:X4}). Send plain text{(singleLine ? " on one line" : "")}.");
            }
        }

        return HasLoneSurrogate(text) ? Error.Invalid($"{name} holds half of a surrogate pair. Send whole characters.") : null;
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return true;
            }

            i++;
        }

        return false;
    }
}
