using System.Buffers.Text;
using System.Globalization;

namespace Agency.ServiceDefaults.Secrets.Redaction;

/// <summary>
/// One character that is written by an escape: for JSON (also JSON within JSON), percent-encoded for an address, or by name or number for HTML.
/// </summary>
internal static class Escape
{
    /// <summary>Backslashes before one character. Each JSON within JSON doubles them; without a bound a stream of them could be held back for ever.</summary>
    public const int MaxBackslashes = 8;

    /// <summary>Digits of a number in HTML, with leading zeros.</summary>
    private const int MaxDigits = 8;

    private static readonly (byte Value, byte[] Written)[] Named =
    [
        ((byte)'&', "&amp;"u8.ToArray()), ((byte)'<', "&lt;"u8.ToArray()), ((byte)'>', "&gt;"u8.ToArray()), ((byte)'"', "&quot;"u8.ToArray()), ((byte)'\'', "&apos;"u8.ToArray()),
        ((byte)'+', "&plus;"u8.ToArray()), ((byte)'/', "&sol;"u8.ToArray()), ((byte)'=', "&equals;"u8.ToArray()),
    ];

    /// <summary>How many bytes at the beginning of the text are one; <see cref="SecretPattern.None"/> or <see cref="SecretPattern.More"/>.</summary>
    public static int Read(ReadOnlySpan<byte> text, bool isEnd, out byte value)
    {
        value = 0;
        return text.IsEmpty ? Unfinished(isEnd) : text[0] switch
        {
            (byte)'\\' => ReadBackslashes(text, isEnd, out value),
            (byte)'%' => ReadPercent(text, isEnd, out value),
            (byte)'&' => text.Length > 1 && text[1] == '#' ? ReadNumber(text, isEnd, out value) : ReadName(text, isEnd, out value),
            (byte)'+' => ReadPlus(out value),
            _ => SecretPattern.None,
        };
    }

    /// <summary>Before a mark, or before u and four digits; a letter after backslashes is another character, such as a line feed.</summary>
    private static int ReadBackslashes(ReadOnlySpan<byte> text, bool isEnd, out byte value)
    {
        value = 0;
        var near = text[..Math.Min(text.Length, MaxBackslashes + 1)];
        var run = near.IndexOfAnyExcept((byte)'\\') is var end and >= 0 ? end : near.Length;
        if (run > MaxBackslashes)
        {
            return SecretPattern.None;
        }

        if (run == text.Length)
        {
            return Unfinished(isEnd);
        }

        if (text[run] == 'u')
        {
            var digits = text[(run + 1)..Math.Min(text.Length, run + 5)];
            return digits.Length < 4 ? AreHex(digits) ? Unfinished(isEnd) : SecretPattern.None
                : ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) && unit < 0x80 ? Found(run + 5, (byte)unit, out value)
                : SecretPattern.None;
        }

        return text[run] < 0x80 && !char.IsAsciiLetterOrDigit((char)text[run]) ? Found(run + 1, text[run], out value) : SecretPattern.None;
    }

    private static int ReadPercent(ReadOnlySpan<byte> text, bool isEnd, out byte value)
    {
        value = 0;
        var digits = text[1..Math.Min(text.Length, 3)];
        return digits.Length < 2 ? AreHex(digits) ? Unfinished(isEnd) : SecretPattern.None
            : byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var read) ? Found(3, read, out value)
            : SecretPattern.None;
    }

    private static int ReadName(ReadOnlySpan<byte> text, bool isEnd, out byte value)
    {
        value = 0;
        foreach (var (character, written) in Named)
        {
            if (text.StartsWith(written))
            {
                return Found(written.Length, character, out value);
            }

            if (!isEnd && written.AsSpan().StartsWith(text))
            {
                return SecretPattern.More;
            }
        }

        return SecretPattern.None;
    }

    /// <summary>Decimal or hexadecimal.</summary>
    private static int ReadNumber(ReadOnlySpan<byte> text, bool isEnd, out byte value)
    {
        value = 0;
        var isHex = text.Length > 2 && text[2] is (byte)'x' or (byte)'X';
        var begin = isHex ? 3 : 2;
        var end = begin;
        while (end < text.Length && end - begin < MaxDigits && (isHex ? char.IsAsciiHexDigit((char)text[end]) : char.IsAsciiDigit((char)text[end])))
        {
            end++;
        }

        if (end == text.Length)
        {
            return Unfinished(isEnd);
        }

        return text[end] == ';' && Utf8Parser.TryParse(text[begin..end], out uint number, out _, isHex ? 'X' : 'D') && number < 0x80
            ? Found(end + 1, (byte)number, out value)
            : SecretPattern.None;
    }

    /// <summary>A blank in a form.</summary>
    private static int ReadPlus(out byte value) => Found(1, (byte)' ', out value);

    private static int Found(int length, byte read, out byte value)
    {
        value = read;
        return length;
    }

    private static bool AreHex(ReadOnlySpan<byte> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }
        }

        return true;
    }

    private static int Unfinished(bool isEnd) => isEnd ? SecretPattern.None : SecretPattern.More;
}
