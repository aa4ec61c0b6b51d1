using Agency.Data.Workflows;

namespace Agency.Data.Tests.Workflows;

public sealed class ScheduleErrorTests
{
    [Theory]
    [InlineData("", "it has 0 fields. Write five fields")]
    [InlineData("* * *", "it has 3 fields")]
    [InlineData("0 0 1 1 * 2027 *", "it has 7 fields. A year cannot be given; use start_at and end_at")]
    [InlineData("61 * * * *", "field 1 (minute), '61': 61 is out of range. Allowed: 0 to 59")]
    [InlineData("0 24 * * *", "field 2 (hour), '24': 24 is out of range. Allowed: 0 to 23")]
    [InlineData("0 0 32 * *", "field 3 (day of month), '32': 32 is out of range. Allowed: 1 to 31, L (the last day)")]
    [InlineData("0 0 * 13 *", "field 4 (month), '13': 13 is out of range. Allowed: 1 to 12 or JAN to DEC")]
    [InlineData("0 0 * * 8", "field 5 (day of week), '8': 8 is out of range. Allowed: 0 to 7 (0 and 7 are Sunday) or SUN to SAT")]
    [InlineData("60 0 0 * * *", "field 1 (second), '60': 60 is out of range")]
    [InlineData("0 0 0 * * MOO", "field 6 (day of week), 'MOO': it is not understood")]
    [InlineData("0,15,61 * * * *", "field 1 (minute), '61' in '0,15,61': 61 is out of range")]
    [InlineData("1,,2 * * * *", "field 1 (minute), '' in '1,,2': nothing stands between two commas")]
    [InlineData("*/0 * * * *", "field 1 (minute), '*/0': the step '0' is not a number above 0")]
    [InlineData("*/x * * * *", "field 1 (minute), '*/x': the step 'x' is not a number above 0")]
    [InlineData("* */100 * * *", "field 2 (hour), '*/100': the step 100 is out of range")]
    [InlineData("0 9- * * *", "field 2 (hour), '9-': it is not understood")]
    [InlineData("0 0 * * 2#6", "field 5 (day of week), '2#6': it is not understood")]
    [InlineData("H * * * *", "field 1 (minute), 'H': H, a value that the scheduler picks, is not supported")]
    [InlineData("0 H(0-3) * * *", "field 2 (hour), 'H(0-3)': H, a value")]
    [InlineData("@fortnightly", "there is no such macro. The macros are @yearly")]
    [InlineData("@reboot", "@reboot has no meaning here")]
    [InlineData("@everyday", "there is no such macro")]
    [InlineData("@every", "the duration after @every is missing")]
    [InlineData("@every 15", "the duration is not understood at '15'. Write whole numbers with d, h, m or s")]
    [InlineData("@every 1.5h", "the duration is not understood at '1.5h'")]
    [InlineData("@every -5m", "the duration is not understood at '-5m'")]
    [InlineData("@every 1h30x", "the duration is not understood at '30x'")]
    [InlineData("@every 0s", "'0s' is no time at all")]
    [InlineData("@every 366d1s", "'366d1s' is longer than 366 days")]
    [InlineData("@every 99999999999999999999d", "is longer than 366 days")]
    public void Parse_OfABadExpression_SaysWhatIsWrongAndWhere(string expression, string part)
    {
        var error = Schedule.Parse(expression, "UTC").Error;

        Assert.Equal(ErrorKind.Invalid, error?.Kind);
        Assert.StartsWith($"'{expression}' is not a schedule: ", error!.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Mars/Olympus", "Use an IANA name such as Europe/Berlin or UTC.")]
    [InlineData("", "Use an IANA name")]
    [InlineData("../../etc/passwd", "Use an IANA name")]
    [InlineData("/usr/share/zoneinfo/UTC", "Use an IANA name")]
    [InlineData("GMT+2", "Use an IANA name")]
    [InlineData("UTC+3", "Use an IANA name")]
    [InlineData("CEST", "Use an IANA name such as")]
    [InlineData("Europe/Belin", "Did you mean Europe/Berlin?")]
    [InlineData("europe/berlin", "Did you mean Europe/Berlin?")]
    [InlineData("Berlin", "Did you mean Europe/Berlin?")]
    [InlineData("New York", "Did you mean America/New_York?")]
    [InlineData("Buenos Aires", "Did you mean America/Buenos_Aires or America/Argentina/Buenos_Aires?")]
    [InlineData("W. Europe Standard Time", "It is a Windows name; its IANA name is Europe/Berlin.")]
    [InlineData("Eastern Standard Time", "It is a Windows name; its IANA name is America/New_York.")]
    public void FindZone_OfAnUnknownName_SuggestsTheNearest(string zone, string part)
    {
        var error = Schedule.FindZone(zone).Error;

        Assert.Equal(ErrorKind.Invalid, error?.Kind);
        Assert.StartsWith($"'{zone}' is not a time zone. ", error!.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(error, Schedule.Parse("* * * * *", zone).Error);
    }

    [Fact]
    public void FindZone_OfEachZoneOfTheSystem_AgreesWithParse()
    {
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            var found = Schedule.FindZone(zone.Id);
            var schedule = Schedule.Parse("@daily", zone.Id);

            Assert.Equal(found.IsSuccess, schedule.IsSuccess);
            Assert.True(!found.IsSuccess || (found.Value.Id == zone.Id && schedule.Value.Zone.Id == zone.Id), zone.Id);
        }
    }

    [Fact]
    public void Parse_WithAWindowThatEndsBeforeItStarts_IsRefused()
    {
        var at = new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

        var error = Schedule.Parse("@daily", "UTC", new ScheduleOptions { StartAt = at, EndAt = at }).Error;

        Assert.Contains("which is not after its start", error!.Message, StringComparison.Ordinal);
    }
}
