using Agency.WorkerProtocol;

namespace Agency.Worker.Hosting;

/// <summary>Reads the one line that matters from standard input, then waits for the end. Blocks its thread: a pipe cannot do otherwise.</summary>
internal sealed class EnvelopeReader(Stream input)
{
    private readonly byte[] _chunk = new byte[16 * 1024];
    private bool _restBehindLine;

    /// <summary>Why there is no line, when it is not simply that the input ended.</summary>
    public string? Problem { get; private set; }

    /// <summary>The first line without its line feed; null when there is none.</summary>
    public byte[]? ReadLine()
    {
        using var line = new MemoryStream();
        while (true)
        {
            var read = input.Read(_chunk);
            if (read == 0)
            {
                if (line.Length > 0) Problem = "Standard input ended within the envelope. It is one line that ends in a line feed.";
                return null;
            }

            var feed = _chunk.AsSpan(0, read).IndexOf((byte)'\n');
            line.Write(_chunk, 0, feed < 0 ? read : feed);
            if (line.Length > RunEnvelope.MaxBytes)
            {
                Problem = $"The envelope is longer than {RunEnvelope.MaxBytes} bytes.";
                return null;
            }

            if (feed < 0) continue;
            _restBehindLine = feed + 1 < read;
            return line.ToArray();
        }
    }

    /// <summary>Returns when the input has ended, and whether anything came before that, which is also reported once.</summary>
    public bool WaitForEnd(Action onMore)
    {
        var reported = _restBehindLine;
        if (reported) onMore();
        while (input.Read(_chunk) > 0)
        {
            if (!reported) onMore();
            reported = true;
        }

        return reported;
    }
}
