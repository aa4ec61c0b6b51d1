using Agency.Data.Kpis;

namespace Agency.Data.Tests.Kpis;

public sealed class PeriodTests
{
    // A Wednesday; 01:30 in Berlin is still the day before in UTC.
    private static readonly DateTimeOffset Now = new(2026, 3, 31, 23, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(NamedPeriod.Today, "2026-03-31T22:00Z", "2026-04-01T22:00Z")]
    [InlineData(NamedPeriod.Yesterday, "2026-03-30T22:00Z", "2026-03-31T22:00Z")]
    [InlineData(NamedPeriod.ThisWeek, "2026-03-29T22:00Z", "2026-04-05T22:00Z")]
    [InlineData(NamedPeriod.LastWeek, "2026-03-22T23:00Z", "2026-03-29T22:00Z")]
    [InlineData(NamedPeriod.Last7Days, "2026-03-25T23:00Z", "2026-04-01T22:00Z")]
    [InlineData(NamedPeriod.ThisMonth, "2026-03-31T22:00Z", "2026-04-30T22:00Z")]
    [InlineData(NamedPeriod.LastMonth, "2026-02-28T23:00Z", "2026-03-31T22:00Z")]
    [InlineData(NamedPeriod.Last30Days, "2026-03-02T23:00Z", "2026-04-01T22:00Z")]
    public void Resolve_Name_GivesCalendarDaysOfTheZone(NamedPeriod name, string from, string to)
    {
        var period = PeriodChoice.Named(name).Resolve(Zone("Europe/Berlin"), Now);

        Assert.Equal((At(from), At(to)), (period.From, period.To));
    }

    [Theory]
    [InlineData(NamedPeriod.Today, "2026-01-01T00:00Z", null)]
    [InlineData(null, "2026-01-01T00:00Z", null)]
    [InlineData(null, null, "2026-01-01T00:00Z")]
    [InlineData(null, "2026-01-01T00:00Z", "2026-01-01T00:00Z")]
    [InlineData(null, "1999-12-31T00:00Z", "2000-01-02T00:00Z")]
    [InlineData(null, "2020-01-01T00:00Z", "2026-01-01T00:00Z")]
    [InlineData(NamedPeriod.Today, "2026-01-01T00:00Z", "2026-01-02T00:00Z")]
    public void Parse_Contradiction_IsInvalid(NamedPeriod? name, string? from, string? to)
    {
        var choice = PeriodChoice.Parse(name, from is null ? null : At(from), to is null ? null : At(to), NamedPeriod.Today);

        Assert.Equal(ErrorKind.Invalid, choice.Error?.Kind);
    }

    [Fact]
    public void Days_OfPeriodWithClockChange_CoverItWithoutGap()
    {
        var period = PeriodChoice.Between(At("2026-03-28T12:00Z"), At("2026-03-30T12:00Z")).Value.Resolve(Zone("Europe/Berlin"), Now);

        var days = period.Days();

        Assert.Equal([new DateOnly(2026, 3, 28), new DateOnly(2026, 3, 29), new DateOnly(2026, 3, 30)], days.Select(d => d.Date));
        Assert.Equal([At("2026-03-28T12:00Z"), At("2026-03-28T23:00Z"), At("2026-03-29T22:00Z")], days.Select(d => d.From));
        Assert.Equal([At("2026-03-28T23:00Z"), At("2026-03-29T22:00Z"), At("2026-03-30T12:00Z")], days.Select(d => d.To));
    }

    [Theory]
    [InlineData("Africa/Cairo", 2024, 4, 26, "2024-04-25T22:00Z")] // midnight is skipped: the day begins at 01:00
    [InlineData("America/Havana", 2026, 11, 1, "2026-11-01T04:00Z")] // midnight comes twice: the first one
    public void Start_OfDayWhoseMidnightIsNotOnce_IsItsFirstInstant(string zone, int year, int month, int day, string expected) =>
        Assert.Equal(At(expected), LocalDays.Start(new DateOnly(year, month, day), Zone(zone)));

    [Theory]
    [InlineData("2026-03-01", "2026-04-01", 1000.0)] // a whole month with a clock change
    [InlineData("2026-03-29", "2026-03-30", 32.2581)] // 1000/31, though the day has 23 hours
    [InlineData("2026-10-25", "2026-10-26", 32.2581)] // ... or 25
    [InlineData("2026-02-26", "2026-03-02", 139.4009)] // 3/28 + 1/31
    [InlineData("2026-01-01", "2027-01-01", 12000.0)]
    public void FixedFee_OfCalendarDays_IsTheirShareOfEachMonth(string from, string to, double expected)
    {
        var zone = Zone("Europe/Berlin");
        var period = new Period(LocalDays.Start(DateOnly.Parse(from), zone), LocalDays.Start(DateOnly.Parse(to), zone), zone);

        Assert.Equal((decimal)expected, Math.Round(KpiMoney.FixedFee(1000m, period), 4));
    }

    [Fact]
    public void FixedFee_OfHalfAClockChangeDay_AddsUp()
    {
        var zone = Zone("Europe/Berlin");
        var middle = At("2026-03-29T09:17Z");
        var (start, end) = (LocalDays.Start(new DateOnly(2026, 3, 29), zone), LocalDays.Start(new DateOnly(2026, 3, 30), zone));

        var parts = KpiMoney.FixedFee(310m, new Period(start, middle, zone)) + KpiMoney.FixedFee(310m, new Period(middle, end, zone));

        Assert.Equal(10m, Math.Round(parts, 12));
    }

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
