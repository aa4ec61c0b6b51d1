using Agency.Testing;

namespace Agency.Scheduler.Tests.Planning;

public sealed class PlannerTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    private const string Runs = "select scheduled_for, trigger, status, skip_reason, occurrences, scheduled_until from run order by scheduled_for, trigger";
    private const string NextRun = "select next_run from workflow";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Test.AddCompanyAsync("acme", "Acme");
    }

    [Fact]
    public async Task RunOnce_WorkflowDueNow_QueuesItOnceAndMovesOn()
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon);

        Assert.Equal(1, await NewPlanner().RunOnceAsync(default));
        Assert.Equal(0, await NewPlanner().RunOnceAsync(default));

        Assert.Equal(["2026-05-04 12:00:00|scheduled|queued|-|1|-"], await RowsAsync(Runs));
        Assert.Equal(["2026-05-04 13:00:00"], await RowsAsync(NextRun));
        Assert.Equal(1, await Test.ScalarAsync<long>("select count(*) from agency.run where trace_parent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-01$'"));
    }

    [Fact]
    public async Task RunOnce_WorkflowNotDueOrNotActive_LeavesItAlone()
    {
        await Test.AddCompanyAsync("gone");
        await AddWorkflowAsync("acme", "later", "0 * * * *", Noon.AddSeconds(1));
        await AddWorkflowAsync("acme", "paused", "0 * * * *", Noon);
        await AddWorkflowAsync("acme", "deleted", "0 * * * *", Noon);
        await AddWorkflowAsync("acme", "never", "0 * * * *", null);
        await AddWorkflowAsync("gone", "archived", "0 * * * *", Noon);
        await Test.ExecuteAsync("update agency.workflow set status = 'paused' where workflow_id = 'paused'");
        await Test.ExecuteAsync("update agency.workflow set deleted_at = now() where workflow_id = 'deleted'");
        await Test.ExecuteAsync("update agency.company set status = 'archived' where company_id = 'gone'");

        Assert.Equal(0, await NewPlanner().RunOnceAsync(default));

        Assert.Empty(await RowsAsync(Runs));
        Assert.Equal(Noon.AddSeconds(1), await NewPlanner().NextDueAsync(default));
    }

    [Fact]
    public async Task RunOnce_AfterAnOutage_RunsTheLatestAndRecordsTheOthersAsOneRow()
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon.AddHours(-5));
        Time.SetUtcNow(Noon.AddMinutes(30));

        await NewPlanner().RunOnceAsync(default);

        Assert.Equal(
            ["2026-05-04 07:00:00|scheduled|skipped|missed|5|2026-05-04 11:00:00", "2026-05-04 12:00:00|scheduled|queued|-|1|-"],
            await RowsAsync(Runs));
        Assert.Equal(["2026-05-04 13:00:00"], await RowsAsync(NextRun));
    }

    [Fact]
    public async Task RunOnce_EverySecondAndALongOutage_CountsSevenDaysBack()
    {
        await AddWorkflowAsync("acme", "w", "* * * * * *", Noon.AddDays(-20));

        await NewPlanner().RunOnceAsync(default);

        Assert.Equal(
            [$"2026-04-27 12:00:00|scheduled|skipped|missed|{7 * 86400}|2026-05-04 11:59:59", "2026-05-04 12:00:00|scheduled|queued|-|1|-"],
            await RowsAsync(Runs));
        Assert.Equal(["2026-05-04 12:00:01"], await RowsAsync(NextRun));
    }

    [Fact]
    public async Task RunOnce_MonthlyMissedLongAgo_StillRunsTheLatest()
    {
        await AddWorkflowAsync("acme", "w", "0 9 10 * *", new DateTimeOffset(2026, 3, 10, 9, 0, 0, TimeSpan.Zero), Noon.AddYears(-1));

        await NewPlanner().RunOnceAsync(default);

        Assert.Equal(["2026-04-10 09:00:00|scheduled|queued|-|1|-"], await RowsAsync(Runs));
        Assert.Equal(["2026-05-10 09:00:00"], await RowsAsync(NextRun));
    }

    [Fact]
    public async Task RunOnce_ImportedWithPastNextRun_RunsItOnceAsWrittenAndCountsNothingBeforeTheImport()
    {
        // The source document's example: 2023, and not on the cron's weekday.
        var written = new DateTimeOffset(2023, 10, 31, 9, 0, 0, TimeSpan.Zero);
        await AddWorkflowAsync("acme", "w", "0 9 * * 1", written, Noon.AddMinutes(-1));

        await NewPlanner().RunOnceAsync(default);
        await NewPlanner().RunOnceAsync(default);

        Assert.Equal(["2023-10-31 09:00:00|catch_up|queued|-|1|-"], await RowsAsync(Runs));
        Assert.Equal(["2026-05-11 09:00:00"], await RowsAsync(NextRun));
    }

    [Fact]
    public async Task RunOnce_ImportedThenDown_CountsFromTheImportOn()
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon.AddDays(-3), Noon.AddHours(-3).AddMinutes(30));

        await NewPlanner().RunOnceAsync(default);

        Assert.Equal(
            [
                "2026-05-01 12:00:00|catch_up|queued|-|1|-",
                "2026-05-04 10:00:00|scheduled|skipped|missed|2|2026-05-04 11:00:00",
                "2026-05-04 12:00:00|scheduled|skipped|overlap|1|-",
            ],
            await RowsAsync(Runs));
    }

    [Theory]
    [InlineData("queued")]
    [InlineData("waiting")]
    public async Task RunOnce_EarlierRunStillOpen_SkipsTheOccurrence(string status)
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon);
        await AddRunAsync("acme", "w", Noon.AddHours(-1));
        await Test.ExecuteAsync("update agency.run set status = $1", status);

        await NewPlanner().RunOnceAsync(default);

        Assert.Equal(
            [$"2026-05-04 11:00:00|scheduled|{status}|-|1|-", "2026-05-04 12:00:00|scheduled|skipped|overlap|1|-"], await RowsAsync(Runs));
    }

    [Fact]
    public async Task RunOnce_WithoutSchedule_FiresOnceAndNeverAgain()
    {
        await AddWorkflowAsync("acme", "w", null, Noon);

        await NewPlanner().RunOnceAsync(default);

        Assert.Equal(["2026-05-04 12:00:00|scheduled|queued|-|1|-"], await RowsAsync(Runs));
        Assert.Equal(["active|-"], await RowsAsync("select status, next_run from workflow"));
    }

    [Fact]
    public async Task RunOnce_ScheduleThatCannotBeRead_StopsItAndSaysWhy()
    {
        await AddWorkflowAsync("acme", "bad", "61 * * * *", Noon);
        await AddWorkflowAsync("acme", "good", "0 * * * *", Noon);

        Assert.Equal(1, await NewPlanner().RunOnceAsync(default));

        Assert.Equal(["-|True"], await RowsAsync("select next_run, status_message like '%61 * * * *%' from workflow where workflow_id = 'bad'"));
        Assert.Equal(["unplannable"], await RowsAsync("select type from workflow_event where workflow_id = 'bad'"));
    }

    [Theory]
    [InlineData("Europe/Dublin", "30 1 * * *", "2027-03-28T00:30:00Z")]
    [InlineData("Africa/Casablanca", "*/5 * * * *", "2027-02-07T01:55:00Z")]
    [InlineData("Asia/Amman", "0 0 * * *", "2026-10-29T21:00:00Z")]
    [InlineData("Europe/London", "7 * * * *", "2026-03-29T00:07:00Z")]
    public async Task RunOnce_AroundAClockChange_AlwaysMovesForward(string zone, string cron, string start)
    {
        var at = DateTimeOffset.Parse(start, System.Globalization.CultureInfo.InvariantCulture);
        await AddWorkflowAsync("acme", "w", cron, at, at.AddDays(-1), zone);
        for (var i = 0; i < 40; i++)
        {
            var next = await NewPlanner().NextDueAsync(default) ?? (await Test.ScalarAsync<DateTime?>("select next_run from agency.workflow"))!.Value;
            Time.AdjustTime(next);
            await NewPlanner().RunOnceAsync(default);
            await Test.ExecuteAsync("update agency.run set status = 'succeeded' where status = 'queued'");
            Assert.True((await NewPlanner().NextDueAsync(default)) > next);
        }

        Assert.Equal(40, await Test.ScalarAsync<long>("select count(*) from agency.run where status = 'succeeded'"));
    }

    [Fact]
    public async Task RunOnce_ManyPlannersAtOnce_WriteEachOccurrenceOnce()
    {
        Options.PlanBatch = 50;
        await Test.ExecuteAsync("""
            insert into agency.workflow (company_id, workflow_id, type, status, schedule, next_run, created_at, updated_at, max_attempts,
                                         retry_initial_seconds, retry_factor, retry_max_seconds, timeout_seconds)
            select 'acme', 'w' || n, 'demo', 'active', '0 * * * *', $1, $2, $2, 3, 30, 2, 3600, 60 from generate_series(1, 1000) n
            """, Noon, Noon.AddDays(-1));

        var queued = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => NewPlanner().RunOnceAsync(default))));
        while (await NewPlanner().RunOnceAsync(default) is > 0 and var more)
        {
            queued[0] += more;
        }

        Assert.Equal(1000, queued.Sum());
        Assert.Equal(["1000|1000"], await RowsAsync("select count(*), count(distinct workflow_id) from run where status = 'queued'"));
        Assert.Equal(["2026-05-04 13:00:00"], await RowsAsync("select distinct next_run from workflow"));
    }

    [Fact]
    public async Task RunOnce_OccurrenceExistsAlready_IsNotWrittenTwice()
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon);
        await AddRunAsync("acme", "w", Noon);
        await Test.ExecuteAsync("update agency.run set status = 'succeeded'");

        await NewPlanner().RunOnceAsync(default);

        Assert.Equal(["2026-05-04 12:00:00|scheduled|succeeded|-|1|-"], await RowsAsync(Runs));
        Assert.Equal(["2026-05-04 13:00:00"], await RowsAsync(NextRun));
    }
}
