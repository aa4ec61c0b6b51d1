using System.Text;

namespace Agency.ServiceDefaults.Secrets.Redaction;

/// <summary>
/// One text to find, however it is written: as it is, or with any of its characters escaped (<see cref="Escape"/>). Texts are ASCII, as secrets are and what
/// they are encoded in; one that is not is found as it is and percent-encoded.
/// </summary>
internal sealed class SecretPattern
{
    /// <summary>What <see cref="Match"/> says when the text is not there, and when more of it must be seen first.</summary>
    public const int None = -1, More = -2;

    private const int MaxReadings = 16;

    /// <summary>Backslashes in a row that are matched as one, because how many of them stand for how many is anyone's guess.</summary>
    private const int MaxRun = 64;

    private readonly byte[] _text;

    public SecretPattern(string name, string text) => (Name, _text) = (name, Encoding.UTF8.GetBytes(text));

    /// <summary>The secret's name.</summary>
    public string Name { get; }

    public byte First => _text[0];

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
            length = LengthAt(at);
            var unit = _text.AsSpan(at, length);
            var found = 0;
            work += count * length;
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

    /// <summary>What is matched as a whole: one byte, or a run of backslashes.</summary>
    private int LengthAt(int at)
    {
        var rest = _text.AsSpan(at, Math.Min(MaxRun, _text.Length - at));
        return rest[0] != '\\' ? 1 : rest.IndexOfAnyExcept((byte)'\\') is var end and >= 0 ? end : rest.Length;
    }

    private static int TakeRaw(ReadOnlySpan<byte> unit, ReadOnlySpan<byte> text, bool isEnd) =>
        text.StartsWith(unit) ? unit.Length
        : !isEnd && unit.StartsWith(text) ? More
        : None;

    private static int TakeEscaped(ReadOnlySpan<byte> unit, ReadOnlySpan<byte> text, bool isEnd)
    {
        var at = 0;
        foreach (var expected in unit)
        {
            var length = Escape.Read(text[at..], isEnd, out var value);
            if (length == More)
            {
                return More;
            }

            if (length == None || value != expected)
            {
                return at == 0 && unit[0] == '\\' ? TakeBackslashes(unit, text, isEnd) : None;
            }

            at += length;
        }

        return at;
    }

    /// <summary>As many backslashes as there are, when they can stand for those that are looked for.</summary>
    private static int TakeBackslashes(ReadOnlySpan<byte> unit, ReadOnlySpan<byte> text, bool isEnd)
    {
        var near = text[..Math.Min(text.Length, (Escape.MaxBackslashes * unit.Length) + 1)];
        var run = near.IndexOfAnyExcept((byte)'\\') is var end and >= 0 ? end : near.Length;
        return run == text.Length && !isEnd ? More
            : run >= unit.Length && run <= Escape.MaxBackslashes * unit.Length ? run
            : None;
    }
}
