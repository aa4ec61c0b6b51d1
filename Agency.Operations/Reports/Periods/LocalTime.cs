using System.Globalization;
using Agency.Data.Kpis;

namespace Agency.Operations.Reports.Periods;

/// <summary>Instants on a client's clock.</summary>
internal static class LocalTime
{
    /// <summary>Such as <c>16 Nov 2026, 09:30</c>.</summary>
    public static string Of(DateTimeOffset instant, TimeZoneInfo zone) => Format(instant, zone, "d MMM yyyy, HH:mm");

    /// <summary>For a table's cell: without the year where the period has only one.</summary>
    public static string In(Period period, DateTimeOffset instant)
    {
        var last = TimeZoneInfo.ConvertTime(period.To.AddTicks(-1), period.Zone);
        return last.Year == TimeZoneInfo.ConvertTime(period.From, period.Zone).Year ? Format(instant, period.Zone, "d MMM, HH:mm") : Of(instant, period.Zone);
    }

    private static string Format(DateTimeOffset instant, TimeZoneInfo zone, string format) =>
        TimeZoneInfo.ConvertTime(instant, zone).ToString(format, CultureInfo.InvariantCulture);
}
