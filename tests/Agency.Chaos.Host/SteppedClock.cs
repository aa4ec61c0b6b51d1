using System.Globalization;

namespace Agency.Chaos.Host;

/// <summary>
/// The system's clock with its time of day set wrong by the seconds that a file holds, as when someone sets a machine's clock. Timers and
/// timestamps go on evenly, as they do on a real machine.
/// </summary>
internal sealed class SteppedClock(string file) : TimeProvider
{
    private static readonly TimeSpan Reread = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private long _readAt = long.MinValue;
    private TimeSpan _offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset();

    private TimeSpan Offset()
    {
        lock (_lock)
        {
            if (_readAt == long.MinValue || GetElapsedTime(_readAt) > Reread)
            {
                // The file is replaced as a whole, so it is never seen half written.
                _offset = File.Exists(file) ? TimeSpan.FromSeconds(int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture)) : TimeSpan.Zero;
                _readAt = GetTimestamp();
            }

            return _offset;
        }
    }
}
