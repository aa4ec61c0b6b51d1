namespace Agency.Operations.Tests.Registry;

public sealed class PreviewTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Fact]
    public async Task Preview_OverAClockChange_MarksIt()
    {
        var answer = await operations.OperatorAsync(
            "preview_schedule", """{"schedule":"0 9 * * *","time_zone":"Europe/Berlin","from":"2027-03-26T12:00:00Z","count":3}""");

        Assert.Equal(
            [("2027-03-27T09:00:00+01:00", false), ("2027-03-28T09:00:00+02:00", true), ("2027-03-29T09:00:00+02:00", false)],
            answer["occurrences"].EnumerateArray().Select(o => (o.GetProperty("local").GetString()!, o.GetProperty("offset_changed").GetBoolean())));
    }

    [Theory]
    [InlineData("", "2027-03-28T03:00:00+02:00", "gap", "2027-03-28T02:30:00")]
    [InlineData(",\"dst_gap\":\"skip\"", "2027-03-29T02:30:00+02:00", null, null)]
    public async Task Preview_OfATimeThatDoesNotExist_SaysForWhichItStands(string option, string local, string? mark, string? standsFor)
    {
        var answer = await operations.OperatorAsync(
            "preview_schedule", $$"""{"schedule":"30 2 * * *","time_zone":"Europe/Berlin","from":"2027-03-27T12:00:00Z","count":1{{option}}}""");

        Assert.Equal(
            (local, mark, standsFor), (answer.Of("occurrences.0.local"), answer.Of("occurrences.0.mark"), answer.Of("occurrences.0.stands_for")));
        Assert.Equal((mark is null ? "skip" : "next_valid", "first"), (answer.Of("dst_gap"), answer.Of("dst_overlap")));
    }

    [Theory]
    [InlineData("30 2 * * *", "", "first_of_two", null)]
    [InlineData("30 2 * * *", ",\"dst_overlap\":\"both\"", "first_of_two", "second_of_two")]
    [InlineData("30 * * * *", "", "first_of_two", "second_of_two")]
    public async Task Preview_OfATimeThatComesTwice_TellsWhichItIs(string schedule, string option, string first, string? second)
    {
        var answer = await operations.OperatorAsync(
            "preview_schedule", $$"""{"schedule":"{{schedule}}","time_zone":"Europe/Berlin","from":"2027-10-31T00:00:00Z","count":2{{option}}}""");

        Assert.Equal((first, second), (answer.Of("occurrences.0.mark"), answer.Of("occurrences.1.mark")));
    }

    [Fact]
    public async Task Preview_ForAClientWithHolidays_ShowsWhichDaysAreLeftOut()
    {
        await operations.Database.AddCompanyAsync("closed");
        await operations.Database.ExecuteAsync("""
            insert into agency.excluded_date (company_id, date, name)
            values ('closed', '2027-12-25', 'Christmas'), ('closed', '2027-12-26', 'Boxing Day'), ('closed', '2027-12-31', 'New Year''s Eve')
            """);
        const string arguments = "\"schedule\":\"0 9 * * 1-6\",\"from\":\"2027-12-23T12:00:00Z\",\"count\":3";

        // A Saturday, a Sunday on which nothing would be due anyway, and a day after the last that is shown.
        var answer = await operations.OperatorAsync("preview_schedule", $$"""{"client":"closed",{{arguments}}}""");
        Assert.Equal("""[{"date":"2027-12-25","weekday":"Saturday","name":"Christmas"}]""", answer["excluded_dates"].GetRawText());
        Assert.Equal(["2027-12-24", "2027-12-27", "2027-12-28"], Days(answer));

        // The company itself need not say who it is; the calendar can be left aside.
        Assert.Equal(Days(answer), Days(await operations.CompanyAsync("closed", "preview_schedule", $$"""{"time_zone":"UTC",{{arguments}}}""")));
        var all = await operations.OperatorAsync("preview_schedule", $$"""{"client":"closed","observe_calendar":false,{{arguments}}}""");
        Assert.Equal(("[]", "2027-12-25"), (all["excluded_dates"].GetRawText(), Days(all)[1]));
    }

    [Fact]
    public async Task Preview_InAWindow_EndsWithIt()
    {
        var answer = await operations.OperatorAsync(
            "preview_schedule", """{"schedule":"@every 90m","start_at":"2030-01-01T00:10:00Z","end_at":"2030-01-01T03:10:00Z"}""");

        Assert.Equal(
            ["2030-01-01T00:10:00+00:00", "2030-01-01T01:40:00+00:00"],
            answer["occurrences"].EnumerateArray().Select(o => o.GetProperty("local").GetString()!));
        Assert.Equal((null, null), (answer.Of("dst_gap"), answer.Of("dst_overlap")));
    }

    [Theory]
    [InlineData("\"schedule\":\"0 25 * * *\"", "field 2 (hour), '25': 25 is out of range")]
    [InlineData("\"schedule\":\"0 9 * * *\",\"time_zone\":\"Europe/Belin\"", "Did you mean Europe/Berlin?")]
    [InlineData("\"schedule\":\"0 0 30 2 *\"", "never comes due")]
    [InlineData("\"schedule\":\"0 9 * * *\",\"end_at\":\"2020-01-01T00:00:00Z\"", "no occurrence before end_at")]
    [InlineData("\"schedule\":\"0 9 * * *\",\"start_at\":\"tomorrow\"", "start_at must be an instant")]
    public async Task Preview_OfWhatCannotBe_SaysWhy(string arguments, string part) =>
        (await operations.OperatorAsync("preview_schedule", $$"""{{{arguments}}}""")).IsFailure("invalid", part);

    private static string[] Days(ToolAnswer answer) =>
        [.. answer["occurrences"].EnumerateArray().Select(o => o.GetProperty("local").GetString()![..10])];
}
