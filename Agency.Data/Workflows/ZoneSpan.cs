using NodaTime;
using NodaTime.TimeZones;

namespace Agency.Data.Workflows;

/// <summary>
/// A stretch of time in which a zone's offset does not change. Times are ticks: of UTC, or of the wall clock, which is UTC plus the offset.
/// </summary>
/// <param name="Start">First instant; <see cref="long.MinValue"/> without one.</param>
/// <param name="End">First instant that no longer belongs to it; <see cref="long.MaxValue"/> without one.</param>
/// <param name="Offset">What the wall clock is ahead of UTC.</param>
/// <param name="OffsetBefore">The offset up to <paramref name="Start"/>.</param>
internal readonly record struct ZoneSpan(long Start, long End, long Offset, long OffsetBefore)
{
    /// <summary>The clocks have never been changed by more than a day; an overlap ends within this time after the change.</summary>
    private const long Influence = 2 * TimeSpan.TicksPerDay;

    /// <summary>The wall clock's first time; the gap lies before it.</summary>
    public long WallStart => Start == long.MinValue ? long.MinValue : Start + Offset;

    public long WallEnd => End == long.MaxValue ? long.MaxValue : End + Offset;

    /// <summary>The wall clock's time at which the span before ended: earlier than <see cref="WallStart"/> after a gap, later after an overlap.</summary>
    public long WallBefore => Start == long.MinValue ? long.MinValue : Start + OffsetBefore;

    public static ZoneSpan At(DateTimeZone zone, long utc)
    {
        var interval = zone.GetZoneInterval(InstantOf(utc));
        var offset = interval.WallOffset.Ticks;

        // The span before matters only near the change: this saves most calls a look-up.
        var before = interval.HasStart && utc - Ticks(interval.Start) < Influence
            ? zone.GetZoneInterval(interval.Start - Duration.Epsilon).WallOffset.Ticks
            : offset;
        return Of(interval, before);
    }

    /// <summary>The span that begins where this one ends, which it does.</summary>
    public ZoneSpan Following(DateTimeZone zone) => Of(zone.GetZoneInterval(InstantOf(End)), Offset);

    /// <summary>Whether that wall time comes again after the clocks are set back at the end of this span.</summary>
    public bool ComesAgain(DateTimeZone zone, long wall) =>
        End != long.MaxValue && WallEnd - wall < Influence && wall >= Following(zone).WallStart;

    private static ZoneSpan Of(ZoneInterval interval, long offsetBefore) => new(
        interval.HasStart ? Ticks(interval.Start) : long.MinValue,
        interval.HasEnd ? Ticks(interval.End) : long.MaxValue,
        interval.WallOffset.Ticks,
        offsetBefore);

    private static Instant InstantOf(long utc) => Instant.FromUnixTimeTicks(utc - DateTime.UnixEpoch.Ticks);

    private static long Ticks(Instant instant) => instant.ToUnixTimeTicks() + DateTime.UnixEpoch.Ticks;
}
