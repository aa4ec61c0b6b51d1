using System.Globalization;
using Agency.Data.Workflows;

namespace Agency.Data.Tests.Workflows;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("Europe/Dublin", 2027)]
    [InlineData("Africa/Casablanca", 2027)]
    [InlineData("Africa/El_Aaiun", 2029)]
    [InlineData("Asia/Amman", 2026)]
    public void Next_WhereTheParserItselfFailsToAdvance_IsStillLater(string zone, int year)
    {
        var schedule = Schedule.Parse("*/30 * * * *", zone).Value;
        var at = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var end = at.AddYears(1);
        while (at < end)
        {
            var next = schedule.Next(at);
            Assert.NotNull(next);
            Assert.True(next > at, $"{next:O} does not follow {at:O} in {zone}.");
            at = next.Value;
        }
    }

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 4 */1")]
    public void Next_OfADateThatNeverComes_IsNull(string expression) =>
        Assert.Null(Schedule.Parse(expression, "Africa/Casablanca").Value.Next(Instant("2020-01-01T00:00:00Z")));

    [Fact]
    public void Next_WithEveryDayOfAHundredYearsExcluded_StillEnds()
    {
        var first = new DateOnly(2026, 1, 1);
        var excluded = Enumerable.Range(0, 36_525).ToDictionary(first.AddDays, _ => "closed");

        foreach (var expression in new[] { "* * * * * *", "@every 1s", "0 0 * * 1" })
        {
            var schedule = Schedule.Parse(expression, "Europe/Berlin", new ScheduleOptions { ExcludedDates = excluded }).Value;

            Assert.Equal(2126, schedule.Next(Instant("2026-01-01T00:00:00Z"))!.Value.Year);
        }
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("1800-06-01T12:00:00Z")]
    [InlineData("2500-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public void Next_AtTheEdgesOfTheCalendar_IsLaterOrNone(string from)
    {
        // Offsets beyond 14 hours, and offsets with seconds, before the zones of today.
        foreach (var zone in new[] { "UTC", "America/Juneau", "Asia/Manila", "Pacific/Kiritimati", "Etc/GMT+12" })
        {
            foreach (var expression in new[] { "* * * * *", "@every 366d", "0 0 1 1 *" })
            {
                var next = Schedule.Parse(expression, zone).Value.Next(Instant(from));

                Assert.True(next is null ? Instant(from).Year == 9999 : next > Instant(from), $"{expression} in {zone} after {from}: {next:O}");
            }
        }
    }

    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T12:00:00Z", null, ClockMark.Gap, "2026-03-29T03:00:00+02:00", "2026-03-29T02:30:00")]
    [InlineData("0,15 2,3 * * *", "2026-03-28T12:00:00Z", null, ClockMark.Gap, "2026-03-29T03:00:00+02:00", "2026-03-29T02:00:00")]
    [InlineData("0 3 * * *", "2026-03-28T12:00:00Z", null, null, "2026-03-29T03:00:00+02:00", null)]
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", null, ClockMark.FirstOfTwo, "2026-10-25T02:30:00+02:00", null)]
    [InlineData("30 2 * * *", "2026-10-25T00:30:00Z", DstOverlap.Both, ClockMark.SecondOfTwo, "2026-10-25T02:30:00+01:00", null)]
    [InlineData("30 1,3 * * *", "2026-10-24T22:00:00Z", null, null, "2026-10-25T01:30:00+02:00", null)]
    [InlineData("30 3 * * *", "2026-10-25T00:30:00Z", null, null, "2026-10-25T03:30:00+01:00", null)]
    [InlineData("@every 1h", "2026-10-25T00:30:00Z", null, null, "2026-10-25T02:00:00+01:00", null)]
    public void After_AroundAChangeOfTheClocks_MarksTheOccurrence(
        string expression, string after, DstOverlap? overlap, ClockMark? mark, string local, string? standsFor)
    {
        var found = Schedule.Parse(expression, "Europe/Berlin", new ScheduleOptions { Overlap = overlap }).Value.After(Instant(after)).First();

        Assert.Equal(mark, found.Mark);
        Assert.Equal(Instant(local), found.Instant);
        Assert.Equal(Instant(local).Offset, found.Local.Offset);
        Assert.Equal(standsFor is null ? null : DateTime.Parse(standsFor, CultureInfo.InvariantCulture), found.StandsFor);
    }

    [Theory]
    [InlineData("0 9 * * *", null, null, DstGap.NextValid, DstOverlap.First)]
    [InlineData("0 9 * * *", DstGap.Skip, null, DstGap.Skip, DstOverlap.First)]
    [InlineData("0 * * * *", null, null, DstGap.Skip, DstOverlap.Both)]
    [InlineData("@hourly", null, DstOverlap.First, DstGap.Skip, DstOverlap.First)]
    [InlineData("@every 1h", DstGap.Skip, DstOverlap.First, null, null)]
    public void Parse_OfAnExpression_TellsTheRulesInForce(string expression, DstGap? gap, DstOverlap? overlap, DstGap? gapInForce, DstOverlap? overlapInForce)
    {
        var schedule = Schedule.Parse(expression, "UTC", new ScheduleOptions { Gap = gap, Overlap = overlap }).Value;

        Assert.Equal((gapInForce, overlapInForce), (schedule.Gap, schedule.Overlap));
    }

    [Theory]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-12-25", "2026-12-20T00:00:00Z", "2026-12-25T08:00:00Z")]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-12-25", "2026-12-25T08:00:00Z", null)]
    [InlineData("0 9 * * 1", "Europe/Berlin", "2026-12-25", "2026-12-20T00:00:00Z", null)]
    [InlineData("30 23 * * *", "America/New_York", "2026-12-25", "2026-12-20T00:00:00Z", "2026-12-26T04:30:00Z")]
    [InlineData("0 0 * * *", "Asia/Beirut", "2026-03-29", "2026-03-20T00:00:00Z", "2026-03-28T22:00:00Z")]
    [InlineData("@every 6h", "Pacific/Apia", "2011-12-30", "2011-12-20T00:00:00Z", null)]
    public void FirstOn_ADate_IsTheFirstOfThatLocalDay(string expression, string zone, string date, string after, string? expected)
    {
        var first = Schedule.Parse(expression, zone).Value.FirstOn(DateOnly.Parse(date, CultureInfo.InvariantCulture), Instant(after));

        Assert.Equal(expected is null ? null : Instant(expected), first?.Instant);
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00")]
    [InlineData("Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00")]
    [InlineData("Asia/Kathmandu", "2026-10-25T01:00:00Z", "2026-10-25T06:45:00+05:45")]
    public void ToLocal_OfAnInstant_IsWhatTheWallClockShows(string zone, string instant, string local) =>
        Assert.Equal(local, Schedule.Parse("@daily", zone).Value.ToLocal(Instant(instant)).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
