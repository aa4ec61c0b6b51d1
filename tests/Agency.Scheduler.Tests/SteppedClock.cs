namespace Agency.Scheduler.Tests;

/// <summary>A machine whose wall clock can be set without its steady clock noticing. (A fake clock's own AdjustTime moves both.)</summary>
internal sealed class SteppedClock(TimeProvider steady) : TimeProvider
{
    /// <summary>How far the wall clock was set.</summary>
    public TimeSpan Step { get; set; }

    public override long TimestampFrequency => steady.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + Step;

    public override long GetTimestamp() => steady.GetTimestamp();
}
