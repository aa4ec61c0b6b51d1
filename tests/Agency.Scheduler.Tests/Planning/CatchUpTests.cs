using Agency.Testing;

namespace Agency.Scheduler.Tests.Planning;

/// <summary>What becomes of occurrences that nobody planned in time.</summary>
public sealed class CatchUpTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    private const string Runs = "select scheduled_for, trigger, status, skip_reason, occurrences, scheduled_until from run order by scheduled_for, trigger";
    private const string NextRun = "select next_run from workflow";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Test.AddCompanyAsync("acme", "Acme");
    }

    [Fact]
    public async Task RunOnce_AfterAnOutage_RunsTheLatestAndRecordsTheOthersAsOneRow()
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon.AddHours(-5));
        Time.SetUtcNow(Noon.AddMinutes(30));

        await PlanAsync();

        Assert.Equal(
            ["2026-05-04 07:00:00|scheduled|skipped|missed|5|2026-05-04 11:00:00", "2026-05-04 12:00:00|scheduled|queued|-|1|-"],
            await RowsAsync(Runs));
        Assert.Equal(["2026-05-04 13:00:00"], await RowsAsync(NextRun));
    }

    [Fact]
    public async Task RunOnce_EverySecondAndALongOutage_CountsSevenDaysBack()
    {
        await AddWorkflowAsync("acme", "w", "* * * * * *", Noon.AddDays(-20));

        await PlanAsync();

        Assert.Equal(
            [
                $"2026-04-27 12:00:00|scheduled|skipped|missed|{(7 * 86400) - 60}|2026-05-04 11:58:59",
                "2026-05-04 11:59:00|scheduled|queued|-|1|-",
                "2026-05-04 11:59:01|scheduled|skipped|overlap|60|2026-05-04 12:00:00",
            ],
            await RowsAsync(Runs));
        Assert.Equal(["2026-05-04 12:00:01"], await RowsAsync(NextRun));
    }

    [Fact]
    public async Task RunOnce_MonthlyMissedLongAgo_IsMadeUpForWhenTheWindowReachesThatFar()
    {
        var march = new DateTimeOffset(2026, 3, 10, 9, 0, 0, TimeSpan.Zero);
        await AddWorkflowAsync("acme", "week", "0 9 10 * *", march, Noon.AddYears(-1));
        await AddWorkflowAsync("acme", "quarter", "0 9 10 * *", march, Noon.AddYears(-1));
        await Test.ExecuteAsync("update agency.workflow set catch_up_window_minutes = 90 * 1440 where workflow_id = 'quarter'");

        await PlanAsync();

        Assert.Equal(
            [
                "quarter|2026-03-10 09:00:00|skipped|missed|1",
                "quarter|2026-04-10 09:00:00|queued|-|1",
                "week|2026-04-10 09:00:00|skipped|missed|1",
            ],
            await RowsAsync("select workflow_id, scheduled_for, status, skip_reason, occurrences from run order by 1, 2"));
        Assert.Equal(["2026-05-10 09:00:00"], await RowsAsync("select distinct next_run from workflow"));
    }

    [Theory]
    [InlineData("all", "08:00:00|queued|-|1 09:00:00|queued|-|1 10:00:00|queued|-|1 11:00:00|queued|-|1")]
    [InlineData("latest", "08:00:00|skipped|missed|3 11:00:00|queued|-|1")]
    [InlineData("none", "08:00:00|skipped|missed|4")]
    public async Task RunOnce_AfterAnOutage_GoesByTheCatchUpRule(string catchUp, string expected)
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon.AddHours(-4));
        await Test.ExecuteAsync($"update agency.workflow set catch_up = '{catchUp}'");
        Time.AdjustTime(Noon.AddMinutes(-10));

        await PlanAsync();

        Assert.Equal(expected.Split(' ').Select(row => "2026-05-04 " + row), await OccurrencesAsync());
        Assert.Equal(["2026-05-04 12:00:00"], await RowsAsync(NextRun));
    }

    [Fact]
    public async Task RunOnce_CatchUpOfAllWithAWindow_SkipsWhatLiesBeforeIt()
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon.AddHours(-4));
        await Test.ExecuteAsync("update agency.workflow set catch_up = 'all', catch_up_window_minutes = 120");
        Time.AdjustTime(Noon.AddMinutes(-10));

        await PlanAsync();

        Assert.Equal(
            ["2026-05-04 08:00:00|skipped|missed|2", "2026-05-04 10:00:00|queued|-|1", "2026-05-04 11:00:00|queued|-|1"], await OccurrencesAsync());
    }

    [Fact]
    public async Task RunOnce_CatchUpOfAllAfterALongOutageOfADenseSchedule_MakesUpForTheLatestThousand()
    {
        await AddWorkflowAsync("acme", "w", "* * * * *", Noon.AddDays(-2));
        await Test.ExecuteAsync("update agency.workflow set catch_up = 'all'");
        Time.AdjustTime(Noon.AddMinutes(-1.5));

        await PlanAsync();

        Assert.Equal(["skipped|2|1879", "queued|1000|1000"], await RowsAsync("select status, count(*), sum(occurrences) from run group by 1 order by 1 desc"));
    }

    [Fact]
    public async Task RunOnce_ResumedAfterAPause_RecordsWhatCameDueMeanwhileAndMakesUpForNothing()
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon.AddHours(-5));
        await Test.ExecuteAsync("update agency.workflow set active_since = $1", Noon.AddHours(-2).AddMinutes(-30));
        Time.AdjustTime(Noon.AddMinutes(10));

        await PlanAsync();

        Assert.Equal(
            ["2026-05-04 07:00:00|skipped|paused|3", "2026-05-04 10:00:00|skipped|missed|2", "2026-05-04 12:00:00|queued|-|1"], await OccurrencesAsync());
    }

    [Fact]
    public async Task RunOnce_ImportedWithPastNextRun_RunsItOnceAsWrittenAndCountsNothingBeforeTheImport()
    {
        // The source document's example: 2023, and not on the cron's weekday.
        var written = new DateTimeOffset(2023, 10, 31, 9, 0, 0, TimeSpan.Zero);
        await AddWorkflowAsync("acme", "w", "0 9 * * 1", written, Noon.AddMinutes(-1));

        await PlanAsync();
        await PlanAsync();

        Assert.Equal(["2023-10-31 09:00:00|catch_up|queued|-|1|-"], await RowsAsync(Runs));
        Assert.Equal(["2026-05-11 09:00:00"], await RowsAsync(NextRun));
    }

    [Fact]
    public async Task RunOnce_ImportedThenDown_CountsFromTheImportOn()
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon.AddDays(-3), Noon.AddHours(-3).AddMinutes(30));

        await PlanAsync();

        Assert.Equal(
            [
                "2026-05-01 12:00:00|catch_up|queued|-|1|-",
                "2026-05-04 10:00:00|scheduled|skipped|missed|2|2026-05-04 11:00:00",
                "2026-05-04 12:00:00|scheduled|skipped|overlap|1|-",
            ],
            await RowsAsync(Runs));
    }
}
