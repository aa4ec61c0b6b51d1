using System.Globalization;
using Agency.Data.Workflows;

namespace Agency.Operations.Registry;

/// <summary>When a schedule fires, as the client's clock and as UTC say it.</summary>
/// <param name="Local">Local time with its offset.</param>
/// <param name="Weekday">Day of the week there.</param>
/// <param name="Utc">The same instant in UTC.</param>
/// <param name="OffsetChanged">The clocks changed between the occurrence before and this one.</param>
/// <param name="Mark">
/// <c>gap</c>: the first instant after a gap, due in place of <paramref name="StandsFor"/>. <c>first_of_two</c>, <c>second_of_two</c>: its local
/// time comes twice that day. Null otherwise.
/// </param>
/// <param name="StandsFor">The local time that does not exist that day.</param>
internal sealed record Occurrence(string Local, string Weekday, DateTimeOffset Utc, bool OffsetChanged, ClockMark? Mark, string? StandsFor)
{
    private const string WallTime = "yyyy-MM-dd'T'HH:mm:ss";

    /// <summary>The next <paramref name="count"/> strictly after <paramref name="after"/>; fewer when the schedule ends.</summary>
    public static IReadOnlyList<Occurrence> After(Schedule schedule, DateTimeOffset after, int count)
    {
        var occurrences = new List<Occurrence>(count);
        var offset = schedule.ToLocal(after).Offset;
        foreach (var occurrence in schedule.After(after).Take(count))
        {
            occurrences.Add(Of(occurrence, offset));
            offset = occurrence.Local.Offset;
        }

        return occurrences;
    }

    /// <summary>As <see cref="After"/>, beginning with <paramref name="first"/>, which somebody may have named whatever the schedule says.</summary>
    public static IReadOnlyList<Occurrence> From(Schedule schedule, DateTimeOffset first, int count)
    {
        var occurrences = After(schedule, first.AddTicks(-1), count);
        if (occurrences is [{ Utc: var utc }, ..] && utc == first)
        {
            return occurrences;
        }

        var local = schedule.ToLocal(first);
        return [Of(new ScheduledInstant(first, local), local.Offset), .. occurrences.Take(count - 1)];
    }

    private static Occurrence Of(ScheduledInstant occurrence, TimeSpan offsetBefore) => new(
        occurrence.Local.ToString($"{WallTime}zzz", CultureInfo.InvariantCulture),
        occurrence.Local.DayOfWeek.ToString(),
        occurrence.Instant,
        occurrence.Local.Offset != offsetBefore,
        occurrence.Mark,
        occurrence.StandsFor?.ToString(WallTime, CultureInfo.InvariantCulture));
}
