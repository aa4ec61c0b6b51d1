using NodaTime;

namespace Agency.Data.Workflows;

/// <summary>Occurrences at an even distance in elapsed time, whatever the clocks show. The zone tells their dates.</summary>
/// <param name="anchor">One of them, in ticks of UTC.</param>
/// <param name="period">Their distance in ticks.</param>
/// <param name="zone">The schedule's zone.</param>
/// <param name="excluded">Local dates on which none is due.</param>
internal sealed class ElapsedOccurrences(long anchor, long period, DateTimeZone zone, IReadOnlyDictionary<DateOnly, string>? excluded) : IOccurrences
{
    /// <remarks>Ends: each turn but the last leaves one of finitely many excluded dates behind, or a change of the clocks.</remarks>
    public ScheduledInstant? Next(long after)
    {
        while (After(after) is var utc && utc < Schedule.Last)
        {
            var span = ZoneSpan.At(zone, utc);
            var wall = utc + span.Offset;
            if (excluded?.ContainsKey(DateOnly.FromDateTime(new DateTime(wall))) != true)
            {
                return Schedule.InstantOf(utc, span.Offset);
            }

            after = Math.Min(WallClock.Midnight(wall) - span.Offset, span.End) - 1;
        }

        return null;
    }

    private long After(long after)
    {
        var passed = Math.DivRem(after - anchor, period, out var rest);
        return anchor + ((rest < 0 ? passed : passed + 1) * period);
    }
}
