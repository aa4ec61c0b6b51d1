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
        foreach (var (instant, local, mark, standsFor) in schedule.After(after).Take(count))
        {
            occurrences.Add(new Occurrence(
                local.ToString($"{WallTime}zzz", CultureInfo.InvariantCulture),
                local.DayOfWeek.ToString(),
                instant,
                local.Offset != offset,
                mark,
                standsFor?.ToString(WallTime, CultureInfo.InvariantCulture)));
            offset = local.Offset;
        }

        return occurrences;
    }
}
