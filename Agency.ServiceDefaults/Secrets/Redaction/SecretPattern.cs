using System.Globalization;
using System.Text;

namespace Agency.ServiceDefaults.Secrets.Redaction;

/// <summary>
/// One text to find, however it is written: as it is, with any of its characters escaped for JSON (also JSON within JSON), percent-encoded for an
/// address, or escaped for HTML.
/// </summary>
internal sealed class SecretPattern
{
    /// <summary>What <see cref="Match"/> says when the text is not there, and when more of it must be seen first.</summary>
    public const int None = -1, More = -2;

    /// <summary>Backslashes before one character. Each JSON within JSON doubles them; without a bound a stream of them could be held back for ever.</summary>
    private const int MaxBackslashes = 8;

    private const int MaxReadings = 16;

    /// <summary>Bytes of what is matched as a whole.</summary>
    private const int MaxUnit = 64;

    private readonly string _text;

    public SecretPattern(string name, string text)
    {
        (Name, _text) = (name, text);
        FirstByte = Encoding.UTF8.GetBytes(text, 0, char.IsSurrogatePair(text, 0) ? 2 : 1)[0];
    }

    /// <summary>The secret's name.</summary>
    public string Name { get; }

    /// <summary>The first character of the text.</summary>
    public char First => _text[0];

    public byte FirstByte { get; }

    /// <summary>How many bytes at the beginning of <paramref name="text"/> are this; <see cref="None"/> or <see cref="More"/>.</summary>
    /// <param name="text">From a place on.</param>
    /// <param name="isEnd">Nothing follows it.</param>
    /// <param name="work">Grows by what the search cost.</param>
    public int Match(ReadOnlySpan<byte> text, bool isEnd, ref long work)
    {
        // A percent sign is itself or begins an escape, and so on: all readings are followed at once, so that no text makes this slow.
        Span<int> ends = stackalloc int[MaxReadings];
        Span<int> next = stackalloc int[MaxReadings];
        var count = 1;
        ends[0] = 0;
        for (int at = 0, length; at < _text.Length; at += length)
        {
            length = LengthAt(_text, at);
            var unit = _text.AsSpan(at, length);
            var found = 0;
            work += count;
            for (var i = 0; i < count; i++)
            {
                var rest = text[ends[i]..];
                var raw = TakeRaw(unit, rest, isEnd);
                var escaped = TakeEscaped(unit, rest, isEnd);
                if (raw == More || escaped == More)
                {
                    return More;
                }

                Add(next, ref found, ends[i], raw);
                Add(next, ref found, ends[i], escaped);
            }

            if (found == 0)
            {
                return None;
            }

            next[..found].CopyTo(ends);
            count = found;
        }

        var longest = 0;
        foreach (var end in ends[..count])
        {
            longest = Math.Max(longest, end);
        }

        return longest;
    }

    private static void Add(Span<int> ends, ref int count, int from, int taken)
    {
        if (taken > 0 && count < ends.Length && !ends[..count].Contains(from + taken))
        {
            ends[count++] = from + taken;
        }
    }

    /// <summary>The character that is written at the beginning of the text by an escape; null when there is none, or not enough of it to tell.</summary>
    public static char? Escaped(ReadOnlySpan<byte> text, bool isEnd, out bool needsMore)
    {
        needsMore = false;
        switch (text[0])
        {
            case (byte)'\\':
                var run = Backslashes(text);
                needsMore = !isEnd && run <= MaxBackslashes && (run == text.Length || (text[run] == 'u' && text.Length < run + 5));
                return run > MaxBackslashes || run == text.Length ? null
                    : text[run] != 'u' ? (char)text[run]
                    : CodeUnit(text[(run + 1)..]);
            case (byte)'%':
                Span<byte> bytes = stackalloc byte[4];
                var count = 0;
                while (count < 4 && Percent(text[(count * 3)..]) is { } value)
                {
                    bytes[count++] = value;
                }

                needsMore = !isEnd && count < 4 && MayBePercent(text[(count * 3)..]);
                return count > 0 && Rune.DecodeFromUtf8(bytes[..count], out var rune, out _) is System.Buffers.OperationStatus.Done ? rune.ToString()[0] : null;
            case (byte)'&':
                foreach (var (character, written) in Html)
                {
                    foreach (var entity in written)
                    {
                        if (text.StartsWith(entity))
                        {
                            return character;
                        }

                        needsMore |= !isEnd && entity.AsSpan().StartsWith(text);
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static readonly (char Character, byte[][] Written)[] Html =
    [
        ('&', ["&amp;"u8.ToArray(), "&#38;"u8.ToArray()]), ('<', ["&lt;"u8.ToArray(), "&#60;"u8.ToArray()]), ('>', ["&gt;"u8.ToArray(), "&#62;"u8.ToArray()]),
        ('"', ["&quot;"u8.ToArray(), "&#34;"u8.ToArray()]), ('\'', ["&#39;"u8.ToArray(), "&apos;"u8.ToArray(), "&#x27;"u8.ToArray()]),
    ];

    /// <summary>What is matched as a whole: a character, or a run of backslashes, because how many of them stand for how many is anyone's guess.</summary>
    private static int LengthAt(string text, int at) =>
        text[at] == '\\' ? (text.AsSpan(at).IndexOfAnyExcept('\\') is var end and >= 0 ? end : text.Length - at)
        : char.IsSurrogatePair(text, at) ? 2
        : 1;

    private static int TakeRaw(ReadOnlySpan<char> unit, ReadOnlySpan<byte> text, bool isEnd)
    {
        if (unit[0] == '\\')
        {
            var run = Backslashes(text);
            return run >= unit.Length ? unit.Length : run == text.Length && !isEnd ? More : None;
        }

        Span<byte> buffer = stackalloc byte[MaxUnit];
        var utf8 = buffer[..Encoding.UTF8.GetBytes(unit, buffer)];
        return text.StartsWith(utf8) ? utf8.Length
            : !isEnd && utf8.StartsWith(text) ? More
            : None;
    }

    private static int TakeEscaped(ReadOnlySpan<char> unit, ReadOnlySpan<byte> text, bool isEnd) => text.IsEmpty ? None : text[0] switch
    {
        (byte)'\\' => TakeBackslashed(unit, text, isEnd),
        (byte)'%' => TakePercent(unit, text, isEnd),
        (byte)'&' => TakeHtml(unit, text, isEnd),
        (byte)'+' when unit is " " => 1,
        _ => None,
    };

    private static int TakeBackslashed(ReadOnlySpan<char> unit, ReadOnlySpan<byte> text, bool isEnd)
    {
        var at = 0;
        var backslashes = unit[0] == '\\' ? unit.Length : 0;
        foreach (var c in unit)
        {
            var rest = text[at..];
            var run = Backslashes(rest);
            if (run == 0 || run > MaxBackslashes * Math.Max(1, backslashes))
            {
                return rest.IsEmpty && !isEnd ? More : None;
            }

            if (run == rest.Length && !isEnd)
            {
                return More;
            }

            if (run < rest.Length && rest[run] == 'u')
            {
                if (rest.Length < run + 5 && !isEnd)
                {
                    return More;
                }

                if (CodeUnit(rest[(run + 1)..]) == c)
                {
                    at += run + 5;
                    continue;
                }
            }

            if (backslashes > 0)
            {
                return at == 0 && run >= backslashes ? run : None;
            }

            return unit.Length == 1 && char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) && run < rest.Length && rest[run] == c ? run + 1 : None;
        }

        return at;
    }

    private static int TakePercent(ReadOnlySpan<char> unit, ReadOnlySpan<byte> text, bool isEnd)
    {
        if (unit.Length > MaxUnit)
        {
            return None; // So many backslashes in a row are not worth it.
        }

        Span<byte> buffer = stackalloc byte[MaxUnit];
        var utf8 = buffer[..Encoding.UTF8.GetBytes(unit, buffer)];
        for (var i = 0; i < utf8.Length; i++)
        {
            var rest = text[Math.Min(i * 3, text.Length)..];
            if (!isEnd && MayBePercent(rest))
            {
                return More;
            }

            if (Percent(rest) != utf8[i])
            {
                return None;
            }
        }

        return utf8.Length * 3;
    }

    private static int TakeHtml(ReadOnlySpan<char> unit, ReadOnlySpan<byte> text, bool isEnd)
    {
        foreach (var (character, written) in Html)
        {
            foreach (var entity in unit[0] == character ? written : [])
            {
                if (text.StartsWith(entity))
                {
                    return entity.Length;
                }

                if (!isEnd && entity.AsSpan().StartsWith(text))
                {
                    return More;
                }
            }
        }

        return None;
    }

    /// <summary>How many the text begins with; counted no further than any rule looks, or a text of nothing else would cost its square.</summary>
    private static int Backslashes(ReadOnlySpan<byte> text)
    {
        var near = text[..Math.Min(text.Length, (MaxBackslashes * MaxUnit) + 1)];
        return near.IndexOfAnyExcept((byte)'\\') is var end and >= 0 ? end : near.Length;
    }

    private static char? CodeUnit(ReadOnlySpan<byte> hex) =>
        hex.Length >= 4 && ushort.TryParse(hex[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? (char)value : null;

    private static byte? Percent(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && text[0] == '%' && byte.TryParse(text[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>Whether it ends before one can tell that it is a percent-encoded byte.</summary>
    private static bool MayBePercent(ReadOnlySpan<byte> text) =>
        text.IsEmpty || (text[0] == '%' && (text.Length == 1 || (text.Length == 2 && char.IsAsciiHexDigit((char)text[1]))));
}
