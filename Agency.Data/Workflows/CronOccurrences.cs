using NodaTime;

namespace Agency.Data.Workflows;

/// <summary>The occurrences of a cron expression in a zone: its wall-clock times, laid on the stretches between changes of the clocks.</summary>
internal sealed class CronOccurrences(WallClock times, DateTimeZone zone, DstGap gap, DstOverlap overlap) : IOccurrences
{
    /// <remarks>
    /// Later than <paramref name="after"/> whatever the zone's data says, as each candidate is an instant of its span that is not before the
    /// next tick. Ends: the spans follow one another and the last has no end; a zone changes its clocks a few times a year.
    /// </remarks>
    public ScheduledInstant? Next(long after)
    {
        for (var span = ZoneSpan.At(zone, after); ; span = span.Following(zone))
        {
            if (span.Start > after && MissedIn(span) is { } missing)
            {
                return Found(span, span.WallStart, ClockMark.Gap, new DateTime(missing));
            }

            var from = Math.Max(after + 1, span.Start) + span.Offset;
            if (overlap == DstOverlap.First)
            {
                from = Math.Max(from, span.WallBefore);
            }

            if (times.At(from) is not { } wall)
            {
                return null;
            }

            if (wall < span.WallEnd)
            {
                return Found(span, wall, MarkOf(span, wall), null);
            }
        }
    }

    /// <summary>The first time that falls into the gap before the span, if its first instant is to stand for it.</summary>
    private long? MissedIn(ZoneSpan span) =>
        gap == DstGap.NextValid && span.WallBefore < span.WallStart
            && times.At(span.WallBefore) is { } missed && missed < span.WallStart && !times.IsExcluded(span.WallStart)
            ? missed
            : null;

    private ClockMark? MarkOf(ZoneSpan span, long wall) =>
        wall < span.WallBefore ? ClockMark.SecondOfTwo
        : span.ComesAgain(zone, wall) ? ClockMark.FirstOfTwo
        : null;

    private static ScheduledInstant Found(ZoneSpan span, long wall, ClockMark? mark, DateTime? standsFor) =>
        Schedule.InstantOf(wall - span.Offset, span.Offset) with { Mark = mark, StandsFor = standsFor };
}
