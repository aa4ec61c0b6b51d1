using System.Runtime.CompilerServices;
using System.Text.Json;
using Agency.WorkerProtocol.Wire;

namespace Agency.WorkerProtocol;

/// <summary>
/// Reads a worker's events. Whatever the stream holds becomes an event or a violation: nothing in it can make the reader throw, or take more
/// memory than one line.
/// </summary>
public sealed class RunEventReader(Stream stream)
{
    /// <summary>The longest event, in bytes without its line feed.</summary>
    public const int MaxLineBytes = 64 * 1024;

    /// <summary>What a worker may write in all; nothing is read after that.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>Its lines, likewise.</summary>
    public const int MaxLines = 50_000;

    /// <summary>Rewrites each line before it is read: what must not be in an event is taken out here, wherever it stands.</summary>
    public Func<byte[], byte[]>? Rewrite { get; set; }

    /// <summary>The lines until the end of the stream. After a violation the next line is read as usual; whether to go on is the caller's choice.</summary>
    public async IAsyncEnumerable<RunEventLine> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var buffer = new byte[MaxLineBytes + 1];
        var length = 0;
        var skipping = false;
        var total = 0L;
        var lines = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0) break;
            if ((total += read) > MaxBytes)
            {
                yield return RunEventLine.Last($"more than {MaxBytes} bytes in all");
                yield break;
            }

            var start = 0;
            var searched = length;
            length += read;
            int feed;
            while ((feed = buffer.AsSpan(searched, length - searched).IndexOf((byte)'\n')) >= 0)
            {
                var end = searched + feed;
                if (++lines > MaxLines)
                {
                    yield return RunEventLine.Last($"more than {MaxLines} lines");
                    yield break;
                }

                if (!skipping) yield return Parse(buffer.AsSpan(start, end - start));
                skipping = false;
                start = searched = end + 1;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            if (skipping)
            {
                length = 0;
            }
            else if (length > MaxLineBytes)
            {
                yield return RunEventLine.Broken($"a line of more than {MaxLineBytes} bytes");
                skipping = true;
                length = 0;
            }
        }

        if (length > 0) yield return RunEventLine.Broken("an unfinished last line");
    }

    private RunEventLine Parse(ReadOnlySpan<byte> line)
    {
        if (Rewrite is { } rewrite)
        {
            line = rewrite(line.ToArray());
        }

        try
        {
            if (JsonSerializer.Deserialize(line, ProtocolJsonContext.Wire.RunEvent) is not { } parsed) return RunEventLine.Broken("JSON null instead of an event");
            return EventRules.Broken(parsed) is { } broken ? RunEventLine.Broken($"a '{parsed.GetType().Name}' with {broken}") : RunEventLine.Of(parsed);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            // The message may quote the line, which is the worker's and may hold a tool's text.
            return RunEventLine.Broken("a line that is not an event of this protocol");
        }
    }
}
