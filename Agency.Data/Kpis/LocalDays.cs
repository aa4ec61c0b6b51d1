namespace Agency.Data.Kpis;

/// <summary>Calendar days of a time zone on the line of instants.</summary>
public static class LocalDays
{
    /// <summary>The day that <paramref name="instant"/> lies on.</summary>
    public static DateOnly Of(DateTimeOffset instant, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>The first instant of a day: where a clock change skips midnight the change itself, where it repeats midnight the first one.</summary>
    public static DateTimeOffset Start(DateOnly day, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        var offset = zone.IsInvalidTime(midnight) ? zone.GetUtcOffset(midnight.AddHours(-3))
            : zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max()
            : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }

    /// <summary>
    /// The instant as a number of days: every calendar day counts as exactly one, also the day of a clock change with its 23 or 25 hours.
    /// The difference of two positions is the time between them in days, and differences of adjoining periods add up.
    /// </summary>
    public static decimal Position(DateTimeOffset instant, TimeZoneInfo zone)
    {
        var day = Of(instant, zone);
        var (start, end) = (Start(day, zone), Start(day.AddDays(1), zone));
        return day.DayNumber + ((decimal)(instant - start).Ticks / (end - start).Ticks);
    }
}
