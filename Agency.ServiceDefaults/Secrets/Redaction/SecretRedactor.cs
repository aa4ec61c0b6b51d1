using System.Buffers;
using System.Text;

namespace Agency.ServiceDefaults.Secrets.Redaction;

/// <summary>
/// Takes secrets out of texts: as they are, escaped for JSON, HTML (by name or number) or an address, and in base64 or hexadecimal, alone or within more. What a tool that
/// means it does to hide a value is beyond it; that tool was given the value.
/// </summary>
public sealed class SecretRedactor
{
    /// <summary>Shorter values would be found in many an innocent text.</summary>
    public const int MinLength = 8;

    private readonly Dictionary<byte, List<SecretPattern>> _byFirst = [];
    private readonly SearchValues<byte> _candidates;

    /// <param name="secrets">Values by the names that are shown in their place. Those shorter than <see cref="MinLength"/> are left alone.</param>
    public SecretRedactor(IEnumerable<KeyValuePair<string, string>> secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        foreach (var (name, value) in secrets.Where(s => s.Value.Length >= MinLength))
        {
            foreach (var text in Spellings(value).Distinct(StringComparer.Ordinal))
            {
                var pattern = new SecretPattern(name, text);
                if (!_byFirst.TryGetValue(pattern.First, out var patterns))
                {
                    _byFirst[pattern.First] = patterns = [];
                }

                patterns.Add(pattern);
            }
        }

        _candidates = SearchValues.Create(IsEmpty ? [] : [.. _byFirst.Keys, .. "\\%&"u8]);
    }

    /// <summary>Finds nothing.</summary>
    public static SecretRedactor Empty { get; } = new([]);

    public bool IsEmpty => _byFirst.Count == 0;

    /// <summary>The text without secrets: the same one when it holds none.</summary>
    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsEmpty || text.Length < MinLength)
        {
            return text;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var redacted = Redact(bytes);
        return ReferenceEquals(redacted, bytes) ? text : Encoding.UTF8.GetString(redacted);
    }

    /// <summary>The text without secrets: the same one when it holds none.</summary>
    public byte[] Redact(byte[] text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsEmpty)
        {
            return text;
        }

        var output = new ArrayBufferWriter<byte>(text.Length + 64);
        var stream = Open();
        try
        {
            stream.Write(text, isEnd: true, output);
        }
        catch (SecretSearchException e)
        {
            return Encoding.UTF8.GetBytes($"[withheld: {e.Message}]");
        }

        return stream.Found ? output.WrittenSpan.ToArray() : text;
    }

    /// <summary>For a text that comes in pieces.</summary>
    public StreamRedactor Open() => new(this);

    internal int NextCandidate(ReadOnlySpan<byte> text) => text.IndexOfAny(_candidates);

    /// <summary>The longest secret at the beginning of the text, as <see cref="SecretPattern.Match"/> says it.</summary>
    internal int MatchAt(ReadOnlySpan<byte> text, bool isEnd, ref long work, out string name)
    {
        name = "";
        var longest = SecretPattern.None;
        var escape = Escape.Read(text, isEnd, out var meant);
        if (escape == SecretPattern.More)
        {
            return SecretPattern.More;
        }

        foreach (var first in escape > 0 && meant != text[0] ? (ReadOnlySpan<byte>)[text[0], meant] : [text[0]])
        {
            if (!_byFirst.TryGetValue(first, out var patterns))
            {
                continue;
            }

            foreach (var pattern in patterns)
            {
                var length = pattern.Match(text, isEnd, ref work);
                if (length == SecretPattern.More)
                {
                    return length;
                }

                if (length > longest)
                {
                    (longest, name) = (length, pattern.Name);
                }
            }
        }

        return longest;
    }

    private static IEnumerable<string> Spellings(string value)
    {
        yield return value;
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return Convert.ToHexStringLower(bytes);
        yield return Convert.ToHexString(bytes);

        // Within a longer text that was encoded as a whole, it begins at the first, second or third byte of a group; what is shared with its neighbours is left.
        for (var before = 0; before < 3; before++)
        {
            var encoded = Convert.ToBase64String([.. new byte[before], .. bytes]);
            var whole = encoded[((before * 8 + 5) / 6)..((before + bytes.Length) * 8 / 6)];
            yield return whole;
            yield return whole.Replace('+', '-').Replace('/', '_');
        }
    }
}
