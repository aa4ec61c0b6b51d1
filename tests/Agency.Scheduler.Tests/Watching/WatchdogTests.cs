using Agency.Scheduler.Settling;
using Agency.Scheduler.Watching;
using Agency.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agency.Scheduler.Tests.Watching;

public sealed class WatchdogTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    private const string Open = "select kind, company_id, subject from finding where closed_at is null order by kind, subject";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Test.AddCompanyAsync("acme", "Acme");
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon.AddHours(20), overlap: "allow");
    }

    [Fact]
    public async Task RunOnce_NothingWrong_FindsNothing()
    {
        await AddRunAsync("acme", "w");
        await NewClaimer().ClaimAsync(1, default);
        await AddRunAsync("acme", "w", Noon.AddMinutes(1));

        Assert.Equal(0, await NewWatchdog().RunOnceAsync(default));
        Assert.Empty(await RowsAsync(Open));
    }

    [Fact]
    public async Task RunOnce_AttemptBeyondItsTimeLimit_IsFoundOnceAndToldOnce()
    {
        var run = await AddRunAsync("acme", "w");
        await NewClaimer().ClaimAsync(1, default);
        Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(0, await NewWatchdog().RunOnceAsync(default));
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, await NewWatchdog().RunOnceAsync(default));
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, await NewWatchdog().RunOnceAsync(default));

        Assert.Equal([$"stuck_run|acme|{run}"], await RowsAsync(Open));
        Assert.Equal(["2026-05-04 12:04:00|2026-05-04 12:05:00"], await RowsAsync("select opened_at, seen_at from finding"));
        Assert.Equal([$"finding|acme: stuck run '{run}'"], await RowsAsync("select kind, subject from notification"));
        Assert.Equal([Topics.Notifications, Topics.Changes], WakeUps.Published);
    }

    [Fact]
    public async Task RunOnce_NoLongerSo_ClosesTheFinding()
    {
        await AddRunAsync("acme", "w");
        var claimed = Assert.Single(await NewClaimer().ClaimAsync(1, default));
        Time.Advance(TimeSpan.FromMinutes(10));
        await NewWatchdog().RunOnceAsync(default);
        await NewSettler().SettleAsync(claimed.Key, new AttemptResult.Succeeded("At last."));
        Time.Advance(TimeSpan.FromMinutes(1));

        await NewWatchdog().RunOnceAsync(default);

        Assert.Empty(await RowsAsync(Open));
        Assert.Equal(["2026-05-04 12:11:00"], await RowsAsync("select closed_at from finding"));
    }

    [Fact]
    public async Task RunOnce_WorkflowNobodyPlans_IsFoundUnlessItsWorkIsHeld()
    {
        await AddWorkflowAsync("acme", "late", "0 * * * *", Noon.AddMinutes(-6));
        await AddWorkflowAsync("acme", "soon", "0 * * * *", Noon.AddMinutes(-4));
        await Test.AddCompanyAsync("held");
        await AddWorkflowAsync("held", "late", "0 * * * *", Noon.AddMinutes(-60));
        await Test.ExecuteAsync(
            """
            insert into agency.work_hold (hold_id, company_id, kind, starts_at, reason, created_by, created_at)
            values (gen_random_uuid(), 'held', 'pause', $1, 'test', 'test', $1)
            """,
            Noon.AddHours(-2));

        await NewWatchdog().RunOnceAsync(default);

        Assert.Equal(["overdue_workflow|acme|late"], await RowsAsync(Open));
    }

    [Fact]
    public async Task RunOnce_ClientAtItsLimitForAnHour_IsToldFromAQueueThatGrows()
    {
        await Test.ExecuteAsync("update agency.company set max_concurrent_runs = 1");
        await Test.AddCompanyAsync("other", "Other");
        await AddWorkflowAsync("other", "w", null, null, overlap: "allow");
        await Test.ExecuteAsync("update agency.workflow set timeout_seconds = 86400");
        await AddRunAsync("acme", "w");
        await NewClaimer().ClaimAsync(1, default);
        await AddRunAsync("acme", "w", Noon.AddMinutes(1));
        await AddRunAsync("other", "w");
        Time.Advance(TimeSpan.FromMinutes(6));
        await NewWatchdog().RunOnceAsync(default);
        Assert.Equal(["queue_grows|-|"], await RowsAsync(Open));
        Assert.Empty(await RowsAsync("select 1 from notification"));

        await NewClaimer().ClaimAsync(1, default);
        Time.Advance(TimeSpan.FromMinutes(55));
        await NewWatchdog().RunOnceAsync(default);

        Assert.Equal(["company_at_cap|acme|"], await RowsAsync(Open));
    }

    [Theory]
    [InlineData(0, 0, 30, true)]
    [InlineData(0, 3600, 30, false)]
    [InlineData(1, 0, 50, false)]
    [InlineData(1, 0, 90, true)]
    public async Task RunOnce_QueuedUnderAClockThatWasWrong_MayStartNow(int attempt, int jitterSeconds, int minutesAhead, bool pulled)
    {
        await AddRunAsync("acme", "w");
        await Test.ExecuteAsync("update agency.workflow set jitter_seconds = $1", jitterSeconds);
        await Test.ExecuteAsync("update agency.run set attempt = $1, available_at = $2", attempt, Noon.AddMinutes(minutesAhead));

        await NewWatchdog().RunOnceAsync(default);

        Assert.Equal([pulled.ToString()], await RowsAsync("select available_at = '2026-05-04 12:00:00+00' from run"));
    }

    private Watchdog NewWatchdog() => new(Database, WakeUps, Wrap(), Time, NullLogger<Watchdog>.Instance);
}
