using System.Globalization;
using Agency.Data.Kpis;

namespace Agency.Operations.Reports.Periods;

/// <summary>A period as people write it, in its own time zone.</summary>
internal static class PeriodText
{
    public static string Of(Period period)
    {
        var (first, end) = (LocalDays.Of(period.From, period.Zone), LocalDays.Of(period.To, period.Zone));
        if (LocalDays.Start(first, period.Zone) != period.From || LocalDays.Start(end, period.Zone) != period.To)
        {
            return $"{LocalTime.Of(period.From, period.Zone)} to {LocalTime.Of(period.To, period.Zone)}";
        }

        var last = end.AddDays(-1);
        if (first.Day == 1 && end == first.AddMonths(1))
        {
            return first.ToString("MMMM yyyy", CultureInfo.InvariantCulture);
        }

        if (first == last)
        {
            return Date(last, "d MMMM yyyy");
        }

        var opening = first.Year != last.Year ? "d MMMM yyyy" : first.Month != last.Month ? "d MMMM" : "%d";
        return $"{Date(first, opening)} to {Date(last, "d MMMM yyyy")}";
    }

    private static string Date(DateOnly day, string format) => day.ToString(format, CultureInfo.InvariantCulture);
}
