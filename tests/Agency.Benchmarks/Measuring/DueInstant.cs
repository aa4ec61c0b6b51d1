namespace Agency.Benchmarks.Measuring;

/// <summary>An instant at which runs fall due, on the wall clock and on the one that measures.</summary>
internal readonly record struct DueInstant(DateTimeOffset Utc, long Timestamp)
{
    /// <summary>The first whole second, which is as fine as a cron expression can say it, after at least this time.</summary>
    public static DueInstant After(TimeSpan time)
    {
        var (now, timestamp) = (TimeProvider.System.GetUtcNow(), TimeProvider.System.GetTimestamp());
        var earliest = now + time;
        var utc = new DateTimeOffset(earliest.Ticks - (earliest.Ticks % TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond, TimeSpan.Zero);
        return new DueInstant(utc, timestamp + (long)((utc - now).TotalSeconds * TimeProvider.System.TimestampFrequency));
    }

    public double SecondsTo(long timestamp) => TimeProvider.System.GetElapsedTime(Timestamp, timestamp).TotalSeconds;

    /// <summary>A delay may end a moment early; this does not.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (Utc - TimeProvider.System.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left + TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
        }
    }
}
