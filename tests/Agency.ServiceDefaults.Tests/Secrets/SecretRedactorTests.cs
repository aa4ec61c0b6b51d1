using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Agency.Data;
using Agency.ServiceDefaults.Secrets.Redaction;

namespace Agency.ServiceDefaults.Tests.Secrets;

public sealed class SecretRedactorTests
{
    private const string Replaced = "[secret crm_key]";

    private const string Letters = @"\\\%&u0041;skp@ab +/=-";

    private static readonly JsonSerializerOptions RelaxedOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Values =
    [
        "sk-live-4f9aBc+/=",
        "p@ss \"word\" \\ &<tag>'x",
        "%25\\u0041&amp;plain",
        "+plus+in/front==",
        "https://hooks.example.com/services/T0/B0/abc",
        "\\\\server\\share-1",
        "\\\\\\\\\\five-first",
    ];

    private static readonly Dictionary<string, Func<string, string>> Writings = new()
    {
        ["as it is"] = v => v,
        ["JSON"] = v => JsonSerializer.Serialize(v)[1..^1],
        ["JSON, relaxed"] = Relaxed,
        ["JSON within JSON"] = v => Relaxed(Relaxed(v)),
        ["JSON within JSON within JSON"] = v => Relaxed(Relaxed(Relaxed(v))),
        ["JSON with every character escaped"] = v => string.Concat(v.Select(c => $"\\u{(int)c:X4}")),
        ["JSON with escaped slashes"] = v => Relaxed(v).Replace("/", "\\/", StringComparison.Ordinal),
        ["percent"] = Uri.EscapeDataString,
        ["percent, lower case"] = v => Uri.EscapeDataString(v).Replace("%2B", "%2b", StringComparison.Ordinal).Replace("%2F", "%2f", StringComparison.Ordinal),
        ["form"] = WebUtility.UrlEncode,
        ["HTML"] = WebUtility.HtmlEncode,
        ["HTML, every doubtful character by number"] = HtmlEncoder.Default.Encode,
        ["HTML, every character by number"] = v => string.Concat(v.Select(c => $"&#{(int)c};")),
        ["HTML, every character by decimal number with zeros"] = v => string.Concat(v.Select(c => $"&#{(int)c:D8};")),
        ["HTML, every character by number with zeros"] = v => string.Concat(v.Select(c => $"&#x{(int)c:x8};")),
        ["base64"] = v => Convert.ToBase64String(Encoding.UTF8.GetBytes(v)),
        ["base64 in JSON"] = v => JsonSerializer.Serialize(Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + v)))[1..^1],
        ["basic authentication"] = v => Convert.ToBase64String(Encoding.UTF8.GetBytes($"x:{v}:y")),
        ["base64url"] = v => Convert.ToBase64String(Encoding.UTF8.GetBytes($"ab{v}")).Replace('+', '-').Replace('/', '_').TrimEnd('='),
        ["hexadecimal"] = v => Convert.ToHexString(Encoding.UTF8.GetBytes(v)),
    };

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var value in Values)
        {
            foreach (var writing in Writings.Keys)
            {
                data.Add(value, writing);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Redact_SecretInAnyWriting_IsGone(string value, string writing)
    {
        var redactor = Redactor(value);
        var text = $"{{\"before\":\"ok\",\"echo\":\"Bearer {Writings[writing](value)}\",\"after\":\"ok\"}}\n\n";

        var clean = redactor.Redact(text);

        Assert.Contains(Replaced, clean, StringComparison.Ordinal);
        Assert.StartsWith("{\"before\":\"ok\",\"echo\":\"Bearer ", clean, StringComparison.Ordinal);
        Assert.EndsWith("\",\"after\":\"ok\"}\n\n", clean, StringComparison.Ordinal);
        Assert.InRange(clean.Length, 0, "{\"before\":\"ok\",\"echo\":\"Bearer \",\"after\":\"ok\"}\n\n".Length + Replaced.Length + 12); // In base64, the groups shared with the neighbours stay.
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Write_SecretCutAnywhere_IsGoneJustTheSame(string value, string writing)
    {
        var redactor = Redactor(value);
        var text = Encoding.UTF8.GetBytes($"data: x {Writings[writing](value)} y\n\n");
        var whole = redactor.Redact(text);
        for (var cut = 0; cut <= text.Length; cut++)
        {
            Assert.Equal(whole, Streamed(redactor, [text[..cut], text[cut..]]));
        }

        Assert.Equal(whole, Streamed(redactor, [.. text.Select(b => new[] { b })]));
    }

    [Fact]
    public void Write_EndOfAnEvent_IsNeverHeldBack()
    {
        foreach (var value in Values)
        {
            var stream = Redactor(value).Open();
            foreach (var end in (string[])["a\n\n", "\\\n", "%\n", "%4\n", "&\n", "&am\n", "&amp;\n", "sk-live\n", "\\\\\\\n"])
            {
                var output = new ArrayBufferWriter<byte>();
                stream.Write(Encoding.UTF8.GetBytes(end), isEnd: false, output);
                Assert.Equal(end, Encoding.UTF8.GetString(output.WrittenSpan));
            }
        }
    }

    [Fact]
    public void Redact_RandomTextsInRandomPieces_ChangesNothingElse()
    {
        var random = new Random(20261125);
        var redactor = new SecretRedactor(Values.Select((v, i) => KeyValuePair.Create($"s{i}", v)));
        for (var round = 0; round < 300; round++)
        {
            // Letters of which the secrets and their escapes are made, without any whole secret.
            var text = new byte[random.Next(1, 400)];
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = (byte)Letters[random.Next(Letters.Length)];
            }

            var pieces = new List<byte[]>();
            for (var at = 0; at < text.Length;)
            {
                var length = Math.Min(random.Next(1, 30), text.Length - at);
                pieces.Add(text[at..(at + length)]);
                at += length;
            }

            Assert.Equal(text, Streamed(redactor, pieces));
        }
    }

    [Fact]
    public void Redact_TextWithoutSecret_IsTheSameObject()
    {
        var text = new string("nothing to see");
        Assert.Same(text, Redactor(Values[0]).Redact(text));
        Assert.Same(text, SecretRedactor.Empty.Redact(text));
    }

    [Fact]
    public void Redact_LongerOfTwoSecretsWithTheSameBeginning_IsNamed()
    {
        var redactor = new SecretRedactor([new("short", "abcdefgh"), new("long", "abcdefghij")]);

        Assert.Equal("[secret long] [secret short]x", redactor.Redact("abcdefghij abcdefghx"));
        Assert.Equal("[secret long]", Encoding.UTF8.GetString(Streamed(redactor, ["abcdefgh"u8.ToArray(), "ij"u8.ToArray()])));
    }

    [Fact]
    public void Redact_TextMadeToCostMuch_IsWithheld()
    {
        var redactor = new SecretRedactor(Enumerable.Range(0, 50).Select(i => KeyValuePair.Create($"s{i}", new string('a', 2000) + (char)('A' + i))));
        var hostile = new string('a', 1_000_000);

        Assert.Equal("[withheld: looking for secrets in it takes too long]", redactor.Redact(hostile));
        Assert.Throws<SecretSearchException>(() => redactor.Open().Write(Encoding.UTF8.GetBytes(hostile), isEnd: false, new ArrayBufferWriter<byte>()));
    }

    [Theory]
    [InlineData("\\")]
    [InlineData("%")]
    [InlineData("&")]
    [InlineData("%25\\u0041&amp;")]
    [InlineData("sk-live-4f9aBc+/")]
    [InlineData("An ordinary sentence about skills, in which secrets begin now and then. ")]
    public void Redact_LongTextOfBeginnings_IsSearchedWithinItsBounds(string part)
    {
        var redactor = new SecretRedactor(Values.Select((v, i) => KeyValuePair.Create($"s{i}", v)));
        var text = string.Concat(Enumerable.Repeat(part, 4_000_000 / part.Length));

        Assert.Same(text, redactor.Redact(text));
    }

    [Fact]
    public void Redact_SecretThatIsNotAscii_IsGoneAsItIs() =>
        Assert.Equal($"a {Replaced} b", Redactor("パスワード株式会社🗝").Redact("a パスワード株式会社🗝 b"));

    [Fact]
    public void Redact_ValueTooShort_IsLeft() => Assert.True(new SecretRedactor([new("s", "1234567")]).IsEmpty);

    [Fact]
    public void LiveSecrets_Added_AreFoundFromThenOn()
    {
        var live = new LiveSecrets();
        Assert.False(live.Any);
        for (var i = 0; i < 2000; i++)
        {
            live.Add(new CompanyId($"c{i}"), "s", $"secret-number-{i}!");
        }

        Assert.Equal("[secret s]", live.Redactor.Redact("secret-number-1999!"));
        Assert.Equal("secret-number-3!", live.Redactor.Redact("secret-number-3!"));
    }

    [Fact]
    public void LiveSecrets_OfOneCompanyWithoutEnd_PushOutItsOwn()
    {
        var live = new LiveSecrets();
        live.Add(new CompanyId("quiet"), "kept", "secret-number-of-another-1");
        for (var i = 0; i < 2000; i++)
        {
            live.Add(new CompanyId("loud"), "s", $"secret-number-{i}!");
        }

        Assert.Equal("[secret kept] [secret s] secret-number-1949!", live.Redactor.Redact("secret-number-of-another-1 secret-number-1950! secret-number-1949!"));
    }

    private static SecretRedactor Redactor(string value) => new([new("crm_key", value)]);

    private static byte[] Streamed(SecretRedactor redactor, IReadOnlyList<byte[]> pieces)
    {
        var output = new ArrayBufferWriter<byte>();
        var stream = redactor.Open();
        foreach (var piece in pieces)
        {
            stream.Write(piece, isEnd: false, output);
        }

        stream.Write([], isEnd: true, output);
        return output.WrittenSpan.ToArray();
    }

    private static string Relaxed(string text) =>
        JsonSerializer.Serialize(text, RelaxedOptions)[1..^1];
}
