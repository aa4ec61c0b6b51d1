using Agency.WorkerProtocol.Wire;

namespace Agency.WorkerProtocol;

/// <summary>Writes events, one line each, flushed at once. Safe to use from several threads.</summary>
public sealed class RunEventWriter(Stream stream)
{
    private readonly Lock _lock = new();

    /// <exception cref="ArgumentException">The event is too long; its texts must be bounded with <see cref="ProtocolText.Clip"/>.</exception>
    public void Write(RunEvent runEvent)
    {
        var line = EventJson.ToLine(runEvent);
        if (line.Length - 1 > RunEventReader.MaxLineBytes)
        {
            throw new ArgumentException($"The event has {line.Length - 1} bytes, at most {RunEventReader.MaxLineBytes} are allowed. Clip its texts.", nameof(runEvent));
        }

        // One write for the whole line: a reader never sees an event's beginning from a worker that was killed between two writes.
        lock (_lock)
        {
            stream.Write(line);
            stream.Flush();
        }
    }
}
