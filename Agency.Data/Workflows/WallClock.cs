using Cronos;

namespace Agency.Data.Workflows;

/// <summary>
/// The wall-clock times of a cron expression, whatever the zone: ticks without an offset. The parser is asked in UTC only, as its own way with
/// zones can answer with an instant that is not later (Europe/Dublin, Africa/Casablanca, Asia/Amman).
/// </summary>
/// <param name="alternatives">Expressions of which any may match.</param>
/// <param name="excluded">Dates that have no times.</param>
internal sealed class WallClock(CronExpression[] alternatives, IReadOnlyDictionary<DateOnly, string>? excluded)
{
    /// <summary>The first time that is not before <paramref name="from"/>; null when none is to come.</summary>
    /// <remarks>Ends: each turn but the last leaves one of finitely many excluded dates behind.</remarks>
    public long? At(long from)
    {
        while (Match(from) is { } wall)
        {
            if (!IsExcluded(wall))
            {
                return wall;
            }

            from = Midnight(wall);
        }

        return null;
    }

    public bool IsExcluded(long wall) => excluded?.ContainsKey(DateOnly.FromDateTime(new DateTime(wall))) == true;

    /// <summary>When the day of that time ends.</summary>
    public static long Midnight(long wall) => wall - (wall % TimeSpan.TicksPerDay) + TimeSpan.TicksPerDay;

    private long? Match(long from)
    {
        var at = new DateTime(from, DateTimeKind.Utc);
        long? earliest = null;
        foreach (var alternative in alternatives)
        {
            if (alternative.GetNextOccurrence(at, inclusive: true)?.Ticks is { } match && !(match >= earliest))
            {
                earliest = match;
            }
        }

        return earliest;
    }
}
