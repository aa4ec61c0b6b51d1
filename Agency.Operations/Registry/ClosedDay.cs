using Agency.Data.Workflows;

namespace Agency.Operations.Registry;

/// <summary>An excluded date of the client on which a schedule would have been due.</summary>
/// <param name="Date">Local date in the schedule's zone.</param>
/// <param name="Weekday">Day of the week.</param>
/// <param name="Name">What day it is.</param>
internal sealed record ClosedDay(DateOnly Date, string Weekday, string Name)
{
    /// <param name="schedule">The schedule as it would be without a calendar.</param>
    /// <param name="dates">The client's excluded dates.</param>
    /// <param name="from">Only what would be due after this instant,</param>
    /// <param name="until">and not after this one.</param>
    public static IReadOnlyList<ClosedDay> Among(
        Schedule schedule, IReadOnlyDictionary<DateOnly, string> dates, DateTimeOffset from, DateTimeOffset until)
    {
        var (first, last) = (DateOnly.FromDateTime(schedule.ToLocal(from).DateTime), DateOnly.FromDateTime(schedule.ToLocal(until).DateTime));
        return
        [
            .. dates.Keys.Where(date => date >= first && date <= last && schedule.FirstOn(date, from) is { } due && due.Instant <= until).Order()
                .Select(date => new ClosedDay(date, date.DayOfWeek.ToString(), dates[date])),
        ];
    }
}
