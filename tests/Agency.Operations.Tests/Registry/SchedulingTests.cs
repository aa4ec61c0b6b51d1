namespace Agency.Operations.Tests.Registry;

public sealed class SchedulingTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    private const string Everything = """
        "scheduling":{"start_at":"2030-01-01T00:00:00Z","end_at":"2030-02-01T00:00:00Z","jitter_seconds":60,"dst_gap":"skip","dst_overlap":"both","observe_calendar":false,
          "catch_up":"none","catch_up_window_minutes":90,"overlap":"allow","max_concurrent_runs":4,"priority":9},
        "retry":{"factor":3,"max_seconds":600,"jitter":0.5,"deadline_seconds":7200,"non_retryable":["lost","timeout","lost"]}
        """;

    [Fact]
    public async Task Get_WithANextRunThatSomebodyNamed_BeginsWithItAndGoesOnByTheSchedule()
    {
        await operations.Database.AddCompanyAsync("named");
        await operations.OperatorAsync(
            "register_workflow", """{"client":"named","id":"w","type":"t","schedule":"0 9 * * *","time_zone":"UTC","next_run":"2199-03-01T10:30:00Z"}""");

        var shown = await operations.OperatorAsync("get_workflow", """{"client":"named","id":"w"}""");

        Assert.Equal(("2199-03-01T10:30:00+00:00", "2199-03-02T09:00:00+00:00"), (shown.Of("next_occurrences.0.utc"), shown.Of("next_occurrences.1.utc")));
    }

    [Fact]
    public async Task Register_WithEverything_KeepsAndShowsIt()
    {
        await operations.Database.AddCompanyAsync("all");

        var answer = await operations.OperatorAsync("register_workflow", $$"""{"client":"all","type":"t","id":"w","schedule":"0 9 * * *",{{Everything}}}""");

        Assert.Equal(new DateTimeOffset(2030, 1, 1, 9, 0, 0, TimeSpan.Zero), answer.Instant("workflow.next_run"));
        var shown = await operations.CompanyAsync("all", "get_workflow", """{"id":"w"}""");
        Assert.Equal(
            """{"start_at":"2030-01-01T00:00:00+00:00","end_at":"2030-02-01T00:00:00+00:00","jitter_seconds":60,"dst_gap":"skip","dst_overlap":"both","observe_calendar":false,"catch_up":"none","catch_up_window_minutes":90,"overlap":"allow","max_concurrent_runs":4,"priority":9}""",
            shown["workflow.scheduling"].GetRawText().Replace("\\u002B", "+", StringComparison.Ordinal));
        Assert.Equal("""{"factor":3,"max_seconds":600,"jitter":0.5,"deadline_seconds":7200,"non_retryable":["timeout","lost"]}""", shown["workflow.retry"].GetRawText());
        Assert.Equal("2030-01-01T09:00:00+00:00", shown.Of("next_occurrences.0.utc"));
        Assert.Equal("allow", (await operations.OperatorAsync("list_workflows", """{"client":"all"}""")).Of("items.0.scheduling.overlap"));
    }

    [Fact]
    public async Task Update_OneMember_LeavesTheOthersAndEmptyClears()
    {
        await operations.Database.AddCompanyAsync("some");
        await operations.OperatorAsync("register_workflow", $$"""{"client":"some","type":"t","id":"some","schedule":"0 9 * * *",{{Everything}}}""");

        var changed = await operations.OperatorAsync("update_workflow", """{"id":"some","scheduling":{"priority":-3},"retry":{"jitter":0}}""");
        Assert.Equal(("-3", "60", "4"), (changed.Of("workflow.scheduling.priority"), changed.Of("workflow.scheduling.jitter_seconds"), changed.Of("workflow.scheduling.max_concurrent_runs")));
        Assert.Equal(("0", "600"), (changed.Of("workflow.retry.jitter"), changed.Of("workflow.retry.max_seconds")));

        var cleared = await operations.OperatorAsync("update_workflow", """
            {"id":"some","scheduling":{"start_at":"","end_at":"","dst_gap":"default","dst_overlap":"default","max_concurrent_runs":0,"overlap":"queue_all"},
             "retry":{"deadline_seconds":0,"non_retryable":[]}}
            """);
        foreach (var member in (string[])["start_at", "end_at", "dst_gap", "dst_overlap", "max_concurrent_runs"])
        {
            Assert.Null(cleared.Of($"workflow.scheduling.{member}"));
        }

        Assert.Null(cleared.Of("workflow.retry.deadline_seconds"));
        Assert.Equal("[]", cleared["workflow.retry.non_retryable"].GetRawText());
        Assert.True(cleared.Instant("workflow.next_run") < TimeProvider.System.GetUtcNow().AddDays(2));
    }

    [Theory]
    [InlineData("\"scheduling\":{\"start_at\":\"tomorrow\"}", "start_at must be an instant")]
    [InlineData("\"scheduling\":{\"start_at\":\"2030-01-02T00:00:00Z\",\"end_at\":\"2030-01-02T00:00:00Z\"}", "end_at (2030-01-02")]
    [InlineData("\"scheduling\":{\"end_at\":\"2020-01-01T00:00:00Z\"}", "no occurrence before end_at")]
    [InlineData("\"scheduling\":{\"start_at\":\"2030-01-01T10:00:00Z\",\"end_at\":\"2030-01-02T09:00:00Z\"}", "no occurrence from start_at")]
    [InlineData("\"scheduling\":{\"start_at\":\"2030-01-01T10:00:00Z\"},\"next_run\":\"2030-01-01T09:00:00Z\"", "lies before start_at")]
    [InlineData("\"scheduling\":{\"end_at\":\"2030-01-01T10:00:00Z\"},\"next_run\":\"2030-01-01T10:00:00Z\"", "does not lie before end_at")]
    [InlineData("\"scheduling\":{\"jitter_seconds\":3601}", "'scheduling.jitter_seconds' must be at most 3600")]
    [InlineData("\"scheduling\":{\"dst_gap\":\"late\"}", "'scheduling.dst_gap' must be one of default, next_valid, skip")]
    [InlineData("\"scheduling\":{\"dst_overlap\":\"second\"}", "'scheduling.dst_overlap' must be one of default, first, both")]
    [InlineData("\"scheduling\":{\"observe_calendar\":1}", "'scheduling.observe_calendar' must be a boolean")]
    [InlineData("\"scheduling\":{\"catch_up\":\"some\"}", "'scheduling.catch_up' must be one of all, latest, none")]
    [InlineData("\"scheduling\":{\"catch_up_window_minutes\":527041}", "'scheduling.catch_up_window_minutes' must be at most 527040")]
    [InlineData("\"scheduling\":{\"overlap\":\"queue\"}", "'scheduling.overlap' must be one of skip, queue_one, queue_all, cancel_previous, allow")]
    [InlineData("\"scheduling\":{\"max_concurrent_runs\":2}", "max_concurrent_runs (2) needs the overlap allow: with skip")]
    [InlineData("\"scheduling\":{\"priority\":101}", "'scheduling.priority' must be at most 100")]
    [InlineData("\"scheduling\":{\"prio\":1}", "unknown argument 'scheduling.prio'")]
    [InlineData("\"retry\":{\"factor\":10.5}", "'retry.factor' must be at most 10")]
    [InlineData("\"retry\":{\"max_seconds\":0}", "'retry.max_seconds' must be at least 1")]
    [InlineData("\"retry\":{\"max_seconds\":29}", "retry.max_seconds (29) must not be less than retry_initial_seconds (30)")]
    [InlineData("\"retry\":{\"jitter\":-0.1}", "'retry.jitter' must be at least 0")]
    [InlineData("\"retry\":{\"deadline_seconds\":-1}", "'retry.deadline_seconds' must be at least 0")]
    [InlineData("\"retry\":{\"non_retryable\":[\"permanent\"]}", "'retry.non_retryable[0]' must be one of transient, timeout, lost")]
    public async Task Register_BrokenMember_NamesItAndStoresNothing(string member, string says)
    {
        await operations.Database.AddCompanyAsync("broken");

        (await operations.OperatorAsync("register_workflow", $$"""{"client":"broken","type":"t","schedule":"0 9 * * *",{{member}}}""")).IsFailure("invalid", says);

        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.workflow where company_id = 'broken'"));
    }

    [Fact]
    public async Task Update_AwayFromAllow_AsksWhatBecomesOfTheLimit()
    {
        await operations.Database.AddCompanyAsync("away");
        await operations.OperatorAsync("register_workflow", """{"client":"away","type":"t","id":"away","scheduling":{"overlap":"allow","max_concurrent_runs":2}}""");

        (await operations.OperatorAsync("update_workflow", """{"id":"away","scheduling":{"overlap":"skip"}}""")).IsFailure("invalid", "0 removes it");

        Assert.Equal("allow", (await operations.OperatorAsync("get_workflow", """{"id":"away"}""")).Of("workflow.scheduling.overlap"));
    }

    [Fact]
    public async Task ScheduleSetAt_MovesWhenTheScheduleIsWritten_AndNotElse()
    {
        await operations.Database.AddCompanyAsync("marks");
        await operations.OperatorAsync("register_workflow", """{"client":"marks","type":"t","id":"marks","schedule":"0 9 * * *"}""");
        Assert.True(await IsSetAsync(), "registration");

        foreach (var (arguments, moves) in ((string, bool)[])
            [
                ("\"type\":\"u\",\"inputs\":{\"a\":1},\"scheduling\":{\"priority\":1,\"overlap\":\"queue_one\",\"jitter_seconds\":5},\"retry\":{\"factor\":4}", false),
                ("\"schedule\":\"0 9 * * *\",\"scheduling\":{\"observe_calendar\":true}", false),
                ("\"schedule\":\"0 10 * * *\"", true),
                ("\"time_zone\":\"Asia/Tokyo\"", true),
                ("\"scheduling\":{\"start_at\":\"2020-01-01T00:00:00Z\"}", true),
                ("\"scheduling\":{\"end_at\":\"2099-01-01T00:00:00Z\"}", true),
                ("\"next_run\":\"2030-01-01T00:00:00Z\"", true),
            ])
        {
            await operations.Database.ExecuteAsync("update agency.workflow set schedule_set_at = null where company_id = 'marks'");
            var answer = await operations.OperatorAsync("update_workflow", $$"""{"id":"marks",{{arguments}}}""");
            Assert.False(answer.IsError, answer.Text);
            Assert.True(moves == await IsSetAsync(), arguments);
        }

        Task<bool> IsSetAsync() => operations.Database.ScalarAsync<bool>(
            "select coalesce(schedule_set_at > now() - interval '5 minutes', false) from agency.workflow where company_id = 'marks'");
    }

    [Fact]
    public async Task Update_OfTheWindow_KeepsAOneShotOccurrence()
    {
        await operations.Database.AddCompanyAsync("shot");
        await operations.OperatorAsync("register_workflow", """{"client":"shot","type":"t","id":"shot","next_run":"2030-01-01T00:00:00Z"}""");

        var kept = await operations.OperatorAsync("update_workflow", """{"id":"shot","scheduling":{"start_at":"2029-01-01T00:00:00Z"}}""");
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), kept.Instant("workflow.next_run"));

        (await operations.OperatorAsync("update_workflow", """{"id":"shot","scheduling":{"end_at":"2030-01-01T00:00:00Z"}}""")).IsFailure("invalid", "end_at");
    }
}
