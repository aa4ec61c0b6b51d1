using Agency.Data.Reports;
using Agency.Operations.Reports.Periods;

namespace Agency.Operations.Tests.Reports.Periods;

/// <summary>Berlin's clocks went forward on 29 March and back on 25 October 2026.</summary>
public sealed class RequestedPeriodTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("2026-04-01T10:00Z", "2026-03-22T23:00Z", "2026-03-29T22:00Z")] // 167 hours
    [InlineData("2026-10-28T10:00Z", "2026-10-18T22:00Z", "2026-10-25T23:00Z")] // 169 hours
    [InlineData("2026-03-29T21:59Z", "2026-03-15T23:00Z", "2026-03-22T23:00Z")] // the last minute of Sunday
    [InlineData("2026-03-29T22:00Z", "2026-03-22T23:00Z", "2026-03-29T22:00Z")] // the first instant of Monday
    public void Weekly_AroundAClockChange_IsMondayToMonday(string now, string from, string to) =>
        Assert.Equal((ReportKind.Weekly, At(from), At(to)), Resolve(null, null, null, now));

    [Theory]
    [InlineData("2026-04-01T10:00Z", "2026-02-28T23:00Z", "2026-03-31T22:00Z")]
    [InlineData("2026-10-31T23:00Z", "2026-09-30T22:00Z", "2026-10-31T23:00Z")]
    [InlineData("2026-01-31T10:00Z", "2025-11-30T23:00Z", "2025-12-31T23:00Z")]
    public void Monthly_AroundAClockChange_IsTheLastWholeMonth(string now, string from, string to) =>
        Assert.Equal((ReportKind.Monthly, At(from), At(to)), Resolve(ReportPeriod.Monthly, null, null, now));

    [Theory]
    [InlineData("2026-03-29", "2026-03-30", "2026-03-28T23:00Z", "2026-03-29T22:00Z")]
    [InlineData("2026-10-25", "2026-10-26", "2026-10-24T22:00Z", "2026-10-25T23:00Z")]
    [InlineData("2026-03-29T01:00:00Z", "2026-03-29T12:00+02:00", "2026-03-29T01:00Z", "2026-03-29T10:00Z")]
    [InlineData("2025-10-01", "2026-11-05", "2025-09-30T22:00Z", "2026-11-04T23:00Z")] // 400 days, and an hour
    public void Custom_DatesAndInstants_AreReadInTheZone(string from, string to, string begin, string end) =>
        Assert.Equal((ReportKind.Custom, At(begin), At(end)), Resolve(null, from, to, "2026-11-25T09:00Z"));

    [Theory]
    [InlineData("2026-11-01T09:00", "2026-11-02")] // no offset
    [InlineData("2026-13-01", "2026-11-02")]
    [InlineData("0001-01-01", "0001-01-02")]
    [InlineData("9999-12-31T23:59:59-01:00", "2026-11-02")]
    [InlineData("2025-10-01", "2026-11-06")] // 401 days
    public void Custom_UnusableEnds_AreRefused(string from, string to) =>
        Assert.False(RequestedPeriod.Resolve(ReportPeriod.Custom, from, to, Berlin, At("2026-11-25T09:00Z")).IsSuccess);

    [Theory]
    [InlineData("2026-11-16", "2026-11-23", "16 to 22 November 2026")]
    [InlineData("2026-09-28", "2026-10-05", "28 September to 4 October 2026")]
    [InlineData("2025-12-29", "2026-01-05", "29 December 2025 to 4 January 2026")]
    [InlineData("2026-10-01", "2026-11-01", "October 2026")]
    [InlineData("2026-10-25", "2026-10-26", "25 October 2026")]
    [InlineData("2026-10-25", "2026-10-25T12:30:00Z", "25 Oct 2026, 00:00 to 25 Oct 2026, 13:30")]
    public void Text_OfAPeriod_IsHowPeopleWriteIt(string from, string to, string expected) =>
        Assert.Equal(expected, PeriodText.Of(RequestedPeriod.Resolve(null, from, to, Berlin, At("2026-11-25T09:00Z")).Value.Period));

    private static (ReportKind Kind, DateTimeOffset From, DateTimeOffset To) Resolve(ReportPeriod? period, string? from, string? to, string now)
    {
        var resolved = RequestedPeriod.Resolve(period, from, to, Berlin, At(now));
        Assert.True(resolved.IsSuccess, resolved.Error?.Message);
        return (resolved.Value.Kind, resolved.Value.Period.From, resolved.Value.Period.To);
    }

    private static DateTimeOffset At(string text) => ReportServer.At(text);
}
