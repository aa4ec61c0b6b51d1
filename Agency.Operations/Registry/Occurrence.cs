using System.Globalization;
using Agency.Data.Workflows;

namespace Agency.Operations.Registry;

/// <summary>When a schedule fires, as the client's clock and as UTC say it.</summary>
/// <param name="Local">Local time with its offset.</param>
/// <param name="Weekday">Day of the week there.</param>
/// <param name="Utc">The same instant in UTC.</param>
/// <param name="OffsetChanged">The clocks changed between the occurrence before and this one.</param>
internal sealed record Occurrence(string Local, string Weekday, DateTimeOffset Utc, bool OffsetChanged)
{
    /// <summary>The next <paramref name="count"/> strictly after <paramref name="after"/>; fewer when the schedule ends.</summary>
    public static IReadOnlyList<Occurrence> After(Schedule schedule, DateTimeOffset after, int count)
    {
        var occurrences = new List<Occurrence>(count);
        var offset = schedule.Zone.GetUtcOffset(after);
        while (occurrences.Count < count && schedule.Next(after) is { } next)
        {
            var local = TimeZoneInfo.ConvertTime(next, schedule.Zone);
            occurrences.Add(new Occurrence(
                local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), local.DayOfWeek.ToString(), next, local.Offset != offset));
            offset = local.Offset;
            after = next;
        }

        return occurrences;
    }
}
