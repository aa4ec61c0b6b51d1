namespace Agency.Operations.Tests.Runs;

public sealed class BackfillTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Fact]
    public async Task Backfill_QueuesWhatIsMissingOldestFirst_AndNothingTwice()
    {
        await WorkflowAsync("fills", "0 9 * * *", """{"priority":6}""");
        await RunAsync("fills", "2026-01-02T09:00:00Z", "scheduled", "succeeded");
        await RunAsync("fills", "2026-01-03T09:00:00Z", "catch_up", "queued");
        await RunAsync("fills", "2026-01-04T09:00:00Z", "scheduled", "failed");
        await RunAsync("fills", "2026-01-05T09:00:00Z", "scheduled", "skipped");
        await RunAsync("fills", "2026-01-06T09:00:00Z", "manual", "succeeded");

        var first = await BackfillAsync("fills", "2026-01-01T09:00:00Z", "2026-01-07T09:00:00Z");

        Assert.Equal(("4", "2", "0", "0", null), (first.Of("queued"), first.Of("already_run"), first.Of("already_backfilled"), first.Of("beyond_limit"), first.Of("continue_from")));
        Assert.Equal((new(2026, 1, 1, 9, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 6, 9, 0, 0, TimeSpan.Zero)), (first.Instant("first"), first.Instant("last")));
        Assert.Equal("1,4,5,6", await operations.Database.ScalarAsync<string>("""
            select string_agg(extract(day from scheduled_for at time zone 'UTC')::text, ',' order by available_at, run_id)
            from agency.run where company_id = 'fills' and trigger = 'backfill' and status = 'queued' and priority = 6 and requested_by = 'test'
            """));
        Assert.Equal("backfilled", (await operations.OperatorAsync("get_workflow", """{"id":"w-fills"}""")).Of("history.0.type"));

        await operations.Database.ExecuteAsync("update agency.run set status = 'failed' where company_id = 'fills' and trigger = 'backfill' and scheduled_for = '2026-01-04T09:00:00Z'");
        var again = await BackfillAsync("fills", "2026-01-01T09:00:00Z", "2026-01-07T09:00:00Z");
        Assert.Equal(("0", "5", "1", null), (again.Of("queued"), again.Of("already_run"), again.Of("already_backfilled"), again.Of("first")));
    }

    [Fact]
    public async Task Backfill_BeyondTheLimit_SaysWhereToGoOn()
    {
        await WorkflowAsync("limits", "@hourly");

        var first = await BackfillAsync("limits", "2026-01-01T00:00:00Z", "2026-01-01T10:00:00Z", ",\"limit\":4");
        Assert.Equal(("4", "6"), (first.Of("queued"), first.Of("beyond_limit")));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 4, 0, 0, TimeSpan.Zero), first.Instant("continue_from"));

        var second = await BackfillAsync("limits", first.Of("continue_from")!, "2026-01-01T10:00:00Z", ",\"limit\":1000");
        Assert.Equal(("6", "0", null), (second.Of("queued"), second.Of("beyond_limit"), second.Of("continue_from")));
        Assert.Equal(10, await operations.Database.ScalarAsync<long>("select count(*) from agency.run where company_id = 'limits'"));
    }

    [Fact]
    public async Task Backfill_OfASecondlySchedule_CountsOnlySoFar()
    {
        await WorkflowAsync("dense", "* * * * * *");

        var answer = await BackfillAsync("dense", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", ",\"limit\":2");

        Assert.Equal(("2", "10000"), (answer.Of("queued"), answer.Of("beyond_limit")));
    }

    [Fact]
    public async Task Backfill_AtOnce_MakesEachOccurrenceOnce()
    {
        await WorkflowAsync("race", "@hourly");

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => BackfillAsync("race", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")));

        Assert.Equal(24, answers.Sum(a => a["queued"].GetInt32()));
        Assert.Equal(24, await operations.Database.ScalarAsync<long>("select count(*) from agency.run where company_id = 'race'"));
    }

    [Fact]
    public async Task Backfill_OfWhatTheScheduleHasNotComeTo_IsLeftToIt()
    {
        await WorkflowAsync("pending", "0 9 * * *");
        await operations.Database.ExecuteAsync("update agency.workflow set next_run = '2026-01-03T09:00:00Z' where company_id = 'pending'");

        var active = await BackfillAsync("pending", "2026-01-01T00:00:00Z", "2026-01-06T00:00:00Z");
        Assert.Equal(("2", "3"), (active.Of("queued"), active.Of("still_to_be_planned")));

        // Of a paused workflow the planner records them as skipped when it is resumed.
        await operations.OperatorAsync("update_workflow_status", """{"id":"w-pending","status":"paused"}""");
        var paused = await BackfillAsync("pending", "2026-01-01T00:00:00Z", "2026-01-06T00:00:00Z");
        Assert.Equal(("3", "2", "0"), (paused.Of("queued"), paused.Of("already_run"), paused.Of("still_to_be_planned")));
    }

    [Fact]
    public async Task Backfill_KeepsToWindowAndCalendar()
    {
        await WorkflowAsync("bounds", "0 9 * * *", """{"start_at":"2026-01-02T00:00:00Z"}""");
        await operations.Database.ExecuteAsync("insert into agency.excluded_date (company_id, date, name) values ('bounds', '2026-01-03', 'holiday')");

        Assert.Equal("2", (await BackfillAsync("bounds", "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z")).Of("queued"));
    }

    [Theory]
    [InlineData("2026-01-01", "2026-01-02T00:00:00Z", "invalid", "from must be an instant")]
    [InlineData("2026-01-01T00:00:00Z", "x", "invalid", "to must be an instant")]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "invalid", "must be after from")]
    [InlineData("2026-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "invalid", "must not lie in the future")]
    [InlineData("2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "invalid", "at most 366 are possible")]
    public async Task Backfill_OfAWrongRange_SaysWhat(string from, string to, string kind, string says)
    {
        await WorkflowAsync("ranges", "@daily");

        (await BackfillAsync("ranges", from, to)).IsFailure(kind, says);
    }

    [Fact]
    public async Task Backfill_WithoutScheduleOrCompleted_IsRefused()
    {
        await operations.Database.AddCompanyAsync("cannot");
        await operations.OperatorAsync("register_workflow", """{"client":"cannot","type":"t","id":"w-cannot"}""");
        (await BackfillAsync("cannot", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")).IsFailure("invalid", "has no schedule");
        await operations.OperatorAsync("update_workflow_status", """{"id":"w-cannot","status":"completed"}""");
        (await BackfillAsync("cannot", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")).IsFailure("conflict", "completed");
    }

    private Task<ToolAnswer> BackfillAsync(string client, string from, string to, string more = "") =>
        operations.OperatorAsync("backfill_workflow", $$"""{"id":"w-{{client}}","from":"{{from.Replace("+00:00", "Z", StringComparison.Ordinal)}}","to":"{{to}}"{{more}}}""");

    private async Task WorkflowAsync(string client, string schedule, string scheduling = "")
    {
        await operations.Database.AddCompanyAsync(client);
        var more = scheduling.Length == 0 ? "" : ",\"scheduling\":" + scheduling;
        await operations.OperatorAsync("register_workflow", $$"""{"client":"{{client}}","type":"t","id":"w-{{client}}","schedule":"{{schedule}}"{{more}}}""");
    }

    private Task RunAsync(string client, string scheduledFor, string trigger, string status) => operations.Database.ExecuteAsync("""
        insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at, skip_reason)
        values ($1, gen_random_uuid(), 'w-' || $1, $3, $2::timestamptz, $4, now(), now(), case when $4 = 'skipped' then 'missed' end)
        """, client, scheduledFor, trigger, status);
}
