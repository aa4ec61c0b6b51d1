using Agency.Scheduler.Planning;
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

        Assert.Equal(new PlanningRound(1, Noon.AddHours(1)), await NewPlanner().RunOnceAsync(() => { }, default));
        Assert.Equal(0, await PlanAsync());

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

        Assert.Equal(new PlanningRound(0, Noon.AddSeconds(1)), await NewPlanner().RunOnceAsync(() => { }, default));

        Assert.Empty(await RowsAsync(Runs));
    }

    [Theory]
    [InlineData("skip", "running", 1, "skipped|overlap")]
    [InlineData("queue_one", "running", 1, "queued|-")]
    [InlineData("queue_one", "queued", 0, "skipped|overlap")]
    [InlineData("queue_one", "queued", 1, "queued|-")]
    [InlineData("queue_all", "queued", 0, "queued|-")]
    [InlineData("allow", "running", 1, "queued|-")]
    [InlineData("cancel_previous", "running", 1, "queued|-")]
    public async Task RunOnce_EarlierRunOpen_GoesByTheOverlapRule(string overlap, string status, int attempt, string expected)
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon, overlap: overlap);
        await AddRunAsync("acme", "w", Noon.AddHours(-1));
        await Test.ExecuteAsync(
            "update agency.run set status = $1, attempt = $2, lease_owner = case $1 when 'running' then 'x' end, lease_until = case $1 when 'running' then now() end",
            status, attempt);

        await PlanAsync();

        Assert.Equal([expected], await RowsAsync("select status, skip_reason from run where scheduled_for = '2026-05-04 12:00:00+00'"));
        Assert.Equal(
            [(overlap == "cancel_previous").ToString()],
            await RowsAsync("select cancel_requested_at is not null from run where scheduled_for < '2026-05-04 12:00:00+00'"));
    }

    [Fact]
    public async Task RunOnce_EarlierRunEndsWhileItIsToBeReplaced_LeavesItAsItEnded()
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon, overlap: "cancel_previous");
        await AddRunAsync("acme", "w", Noon.AddHours(-1));
        await Test.ExecuteAsync("update agency.run set status = 'running', attempt = 1, lease_owner = 'x', lease_until = now()");

        var planned = await Waiting.WhileWritingAsync(
            Test, "update agency.run set status = 'succeeded', lease_owner = null, lease_until = null, finished_at = now()", PlanAsync);

        Assert.Equal(1, planned);
        Assert.Equal(["succeeded|False", "queued|False"], await RowsAsync("select status, cancel_requested_at is not null from run order by scheduled_for"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("acme")]
    public async Task RunOnce_WhileWorkIsHeld_PlansNothingAndThenSaysWhy(string? company)
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon.AddHours(-3));
        await Test.ExecuteAsync(
            """
            insert into agency.work_hold (hold_id, company_id, kind, starts_at, ends_at, reason, created_by, created_at)
            values (gen_random_uuid(), $1, 'maintenance', $2, $3, 'test', 'test', $2)
            """,
            (object?)company ?? DBNull.Value, Noon.AddHours(-2.5), Noon.AddMinutes(30));
        Time.AdjustTime(Noon.AddMinutes(10));
        Assert.Equal(0, await PlanAsync());

        Time.AdjustTime(Noon.AddMinutes(40));
        Assert.Equal(1, await PlanAsync());

        Assert.Equal(
            ["2026-05-04 09:00:00|skipped|missed|1", "2026-05-04 10:00:00|skipped|held|2", "2026-05-04 12:00:00|queued|-|1"], await OccurrencesAsync());
    }

    [Fact]
    public async Task RunOnce_WhoseClockIsBehindTheOneAHoldWasMadeWith_PlansNothing()
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon);
        await Test.ExecuteAsync(
            """
            insert into agency.work_hold (hold_id, kind, starts_at, reason, created_by, created_at)
            values (gen_random_uuid(), 'pause', $1, 'test', 'test', $1)
            """,
            Noon.AddMilliseconds(60));

        Assert.Equal(0, await PlanAsync());
    }

    [Fact]
    public async Task RunOnce_ExcludedDateAndWindow_AreNotDueAtAll()
    {
        await AddWorkflowAsync("acme", "observes", "0 12 * * *", Noon, zone: "Europe/Berlin");
        await AddWorkflowAsync("acme", "works", "0 12 * * *", Noon, zone: "Europe/Berlin");
        await AddWorkflowAsync("acme", "ends", "0 12 * * *", Noon, zone: "Europe/Berlin");
        await Test.ExecuteAsync("update agency.workflow set observe_calendar = false where workflow_id = 'works'");
        await Test.ExecuteAsync("update agency.workflow set end_at = '2026-05-05 09:00:00+00' where workflow_id = 'ends'");
        await Test.ExecuteAsync("insert into agency.excluded_date (company_id, date, name) values ('acme', '2026-05-05', 'Holiday'), ('acme', '2026-05-06', 'Holiday')");

        await PlanAsync();

        Assert.Equal(
            ["ends|-", "observes|2026-05-07 10:00:00", "works|2026-05-05 10:00:00"], await RowsAsync("select workflow_id, next_run from workflow order by 1"));
    }

    [Fact]
    public async Task RunOnce_Jitter_DelaysTheStartAndIsTheSameForTheSameOccurrence()
    {
        for (var i = 0; i < 20; i++)
        {
            await AddWorkflowAsync("acme", $"w{i}", "0 * * * *", Noon);
        }

        await Test.ExecuteAsync("update agency.workflow set jitter_seconds = 600");
        await PlanAsync();

        const string delays = "select workflow_id, extract(epoch from available_at - scheduled_for) from run order by 1";
        var first = await RowsAsync(delays);
        Assert.True(first.Select(row => row.Split('|')[1]).Distinct().Count() > 15);
        Assert.All(first, row => Assert.InRange(double.Parse(row.Split('|')[1], System.Globalization.CultureInfo.InvariantCulture), 0, 600));
        await Test.ExecuteAsync("truncate agency.run cascade");
        await Test.ExecuteAsync("update agency.workflow set next_run = $1", Noon);
        await PlanAsync();
        Assert.Equal(first, await RowsAsync(delays));
    }

    [Fact]
    public async Task RunOnce_Priority_IsTheWorkflows()
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon);
        await Test.ExecuteAsync("update agency.workflow set priority = 7");

        await PlanAsync();

        Assert.Equal(["7"], await RowsAsync("select priority from run"));
    }

    [Theory]
    [InlineData("queued")]
    [InlineData("waiting")]
    public async Task RunOnce_EarlierRunStillOpen_SkipsTheOccurrence(string status)
    {
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon);
        await AddRunAsync("acme", "w", Noon.AddHours(-1));
        await Test.ExecuteAsync("update agency.run set status = $1", status);

        await PlanAsync();

        Assert.Equal(
            [$"2026-05-04 11:00:00|scheduled|{status}|-|1|-", "2026-05-04 12:00:00|scheduled|skipped|overlap|1|-"], await RowsAsync(Runs));
    }

    [Fact]
    public async Task RunOnce_WithoutSchedule_FiresOnceAndNeverAgain()
    {
        await AddWorkflowAsync("acme", "w", null, Noon);

        await PlanAsync();

        Assert.Equal(["2026-05-04 12:00:00|scheduled|queued|-|1|-"], await RowsAsync(Runs));
        Assert.Equal(["active|-"], await RowsAsync("select status, next_run from workflow"));
    }

    [Fact]
    public async Task RunOnce_ScheduleThatCannotBeRead_StopsItAndSaysWhy()
    {
        await AddWorkflowAsync("acme", "bad", "61 * * * *", Noon);
        await AddWorkflowAsync("acme", "good", "0 * * * *", Noon);

        Assert.Equal(1, await PlanAsync());

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
            var next = await NextRunAsync();
            Time.AdjustTime(next);
            await PlanAsync();
            await Test.ExecuteAsync("update agency.run set status = 'succeeded' where status = 'queued'");
            Assert.True(await NextRunAsync() > next);
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

        var queued = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => PlanAsync())));
        while (await PlanAsync() is > 0 and var more)
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

        await PlanAsync();

        Assert.Equal(["2026-05-04 12:00:00|scheduled|succeeded|-|1|-"], await RowsAsync(Runs));
        Assert.Equal(["2026-05-04 13:00:00"], await RowsAsync(NextRun));
    }

    private async Task<DateTime> NextRunAsync() => (await Test.ScalarAsync<DateTime?>("select next_run from agency.workflow"))!.Value;
}
