using System.Text.Json;

namespace Agency.Worker.Mcp;

/// <summary>Reads a server's answer: JSON, or an event stream in which notifications may come before it.</summary>
internal static class RpcAnswer
{
    /// <summary>
    /// What is read of an answer at most. Well above the largest result that a run can use, because an answer holds a result twice, and escaped; well
    /// below what the gateway lets through and the worker's heap holds.
    /// </summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The JSON-RPC response; null when there is none.</summary>
    /// <exception cref="AnswerTooLargeException">It is longer than <see cref="MaxBytes"/>.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static async Task<JsonDocument?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var isEventStream = content.Headers.ContentType?.MediaType is "text/event-stream";
        var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var buffer = new byte[8 * 1024];
            var length = 0;
            var start = 0;
            int read;
            while ((read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false)) > 0)
            {
                length += read;
                if (length > MaxBytes) throw new AnswerTooLargeException();
                if (isEventStream && NextResponse(buffer.AsSpan(0, length), ref start) is { } response) return response;
                if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            }

            return isEventStream || length == 0 ? null : JsonDocument.Parse(buffer.AsMemory(0, length));
        }
    }

    /// <summary>The first response in the events that are complete. <paramref name="start"/> is moved behind those that were read.</summary>
    private static JsonDocument? NextResponse(ReadOnlySpan<byte> stream, ref int start)
    {
        var data = new MemoryStream();
        var line = start;
        int feed;
        while ((feed = stream[line..].IndexOf((byte)'\n')) >= 0)
        {
            var text = stream.Slice(line, feed).TrimEnd((byte)'\r');
            line += feed + 1;
            if (text.StartsWith("data:"u8))
            {
                data.Write(text["data:"u8.Length..]);
                data.WriteByte((byte)'\n');
            }
            else if (text.IsEmpty)
            {
                start = line;
                if (Response(data.ToArray()) is { } response) return response;
                data.SetLength(0);
            }
        }

        return null;
    }

    private static JsonDocument? Response(byte[] message)
    {
        if (message.Length == 0) return null;
        var document = JsonDocument.Parse(message);
        if (document.RootElement is { ValueKind: JsonValueKind.Object } root && (root.TryGetProperty("result", out _) || root.TryGetProperty("error", out _))) return document;
        document.Dispose();
        return null;
    }
}

/// <summary>A server's answer is longer than a worker reads.</summary>
internal sealed class AnswerTooLargeException() : Exception($"The answer has more than {RpcAnswer.MaxBytes / 1024 / 1024} MB.");
