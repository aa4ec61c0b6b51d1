using System.Text;
using Agency.Data;

namespace Agency.CompanyContext.Documents;

/// <summary>From bytes to text, or the reason why not.</summary>
internal static class DocumentText
{
    public const int MaxBytes = 20 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Result<string> Decode(string name, byte[] bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return Error.Invalid($"'{name}' is UTF-16. Save it as UTF-8 and load it again.");
        }

        try
        {
            var text = Strict.GetString(bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes.AsSpan(3) : bytes);
            return Check(name, text) is { } problem ? problem : text;
        }
        catch (DecoderFallbackException e)
        {
            return Error.Invalid($"'{name}' is not UTF-8: the byte at position {e.Index} does not fit. Save it as UTF-8 and load it again.");
        }
    }

    /// <summary>What is wrong with text that was sent as text, or null.</summary>
    public static Error? Check(string name, string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return Error.Invalid($"'{name}' holds NUL characters, so it is not text. Load Markdown or plain text in UTF-8.");
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return Error.Invalid($"'{name}' is empty. To remove a document call delete_document.");
        }

        try
        {
            var bytes = Strict.GetByteCount(text);
            return bytes > MaxBytes ? TooLarge(name, bytes) : null;
        }
        catch (EncoderFallbackException)
        {
            return Error.Invalid($"'{name}' holds half of a surrogate pair. Send whole characters.");
        }
    }

    public static Error TooLarge(string name, long bytes) =>
        Error.Invalid($"'{name}' has {bytes} bytes; a document has at most {MaxBytes} (20 MB). Split it.");
}
