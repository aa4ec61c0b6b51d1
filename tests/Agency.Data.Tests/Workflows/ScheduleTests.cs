using Agency.Data.Workflows;

namespace Agency.Data.Tests.Workflows;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("0 9 * * 1", "UTC", "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z")]
    [InlineData("0 9 * * 1", "Europe/Berlin", "2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z")]
    [InlineData("@daily", "UTC", "2026-11-23T08:00:00Z", "2026-11-24T00:00:00Z")]
    [InlineData("*/10 * * * * *", "UTC", "2026-11-23T08:00:01Z", "2026-11-23T08:00:10Z")]
    [InlineData("0 0 13 * 5", "UTC", "2026-11-23T00:00:00Z", "2026-11-27T00:00:00Z")] // a Friday that is not the 13th
    [InlineData("0 0 13 * 5", "UTC", "2026-12-12T00:00:00Z", "2026-12-13T00:00:00Z")] // a 13th that is not a Friday
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")] // the gap: 02:30 does not exist
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")] // the overlap: the first 02:30
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")] // and not the second one
    public void Next_OfAnExpressionInAZone_IsTheExpectedInstant(string expression, string zone, string after, string expected)
    {
        var next = Schedule.Parse(expression, zone).Value.Next(Instant(after));

        Assert.Equal(Instant(expected), next);
        Assert.Equal(TimeSpan.Zero, next!.Value.Offset);
    }

    [Theory]
    [InlineData("Europe/Dublin", 2027)]
    [InlineData("Africa/Casablanca", 2027)]
    [InlineData("Africa/El_Aaiun", 2029)]
    [InlineData("Asia/Amman", 2026)]
    public void Next_WhereTheParserFailsToAdvance_IsStillLater(string zone, int year)
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

    [Fact]
    public void Next_OfADateThatNeverComes_IsNull() =>
        Assert.Null(Schedule.Parse("0 0 30 2 *", "UTC").Value.Next(Instant("2026-01-01T00:00:00Z")));

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, null);
}
