using Agency.Data.Runs;
using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Settling;
using Agency.Testing;

namespace Agency.Scheduler.Tests.Settling;

public sealed class SettlerTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    private static readonly AttemptResult.Failed Transient = new(RunErrorKind.Transient, "The mail server is away.") { Seconds = 2, ToolCalls = 3 };
    private static readonly AttemptResult.Failed Permanent = new(RunErrorKind.Permanent, "No such report.");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Test.AddCompanyAsync("acme", "Acme");
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon.AddHours(1));
    }

    [Fact]
    public async Task Settle_Success_EndsTheRunAndResetsTheFailures()
    {
        await Test.ExecuteAsync("update agency.workflow set failure_count = 2");
        var key = await ClaimNewAsync();

        Assert.Equal(SettleOutcome.Succeeded, await NewSettler().SettleAsync(key, new AttemptResult.Succeeded("Sent.") { Seconds = 1.5, ToolCalls = 2 }, default));

        Assert.Equal(
            ["succeeded|-|1.5|2|Sent.|2026-05-04 12:00:00"],
            await RowsAsync("select status, lease_owner, run_seconds, tool_calls, summary, finished_at from run"));
        Assert.Equal(["0|2026-05-04 12:00:00|active"], await RowsAsync("select failure_count, last_run, status from workflow"));
        Assert.Equal(["succeeded"], await RowsAsync("select type from workflow_event"));
        Assert.Equal(["1|succeeded"], await RowsAsync("select attempt, type from run_event"));
        Assert.Equal([Topics.Changes], WakeUps.Published);
    }

    [Fact]
    public async Task Settle_TransientFailures_RetriesWithGrowingDelaysThenFails()
    {
        var delays = new List<double>();
        var key = await ClaimNewAsync();
        for (var attempt = 1; attempt < 3; attempt++)
        {
            Assert.Equal(SettleOutcome.Retried, await NewSettler().SettleAsync(key, Transient, default));
            Assert.Equal("queued", await Test.ScalarAsync<string>("select status from agency.run"));
            var available = (await Test.ScalarAsync<DateTime?>("select available_at from agency.run"))!.Value;
            delays.Add((available - Time.GetUtcNow().UtcDateTime).TotalSeconds);
            Time.SetUtcNow(available.AddSeconds(1));
            key = Assert.Single(await NewClaimer().ClaimAsync(1, default)).Key;
        }

        Assert.InRange(delays[0], 24, 36);
        Assert.InRange(delays[1], 48, 72);
        Assert.Equal(0, await Test.ScalarAsync<int>("select failure_count from agency.workflow"));
        Assert.Equal(SettleOutcome.Failed, await NewSettler().SettleAsync(key, Transient, default));
        Assert.Equal(
            ["failed|3|6|9|transient|The mail server is away."],
            await RowsAsync("select status, attempt, run_seconds, tool_calls, error_kind, error_message from run"));
        Assert.Equal(
            ["attempt_failed", "retry_scheduled", "attempt_failed", "retry_scheduled", "failed"], await RowsAsync("select type from run_event order by event_id"));
        Assert.Equal(1, await Test.ScalarAsync<int>("select failure_count from agency.workflow"));
    }

    [Fact]
    public async Task Settle_PermanentFailure_IsNotRetried() =>
        Assert.Equal(SettleOutcome.Failed, await NewSettler().SettleAsync(await ClaimNewAsync(), Permanent, default));

    [Fact]
    public async Task Settle_ThirdFailedOccurrence_EscalatesOnce()
    {
        for (var i = 0; i < 4; i++)
        {
            await NewSettler().SettleAsync(await ClaimNewAsync(), Permanent, default);
            Assert.Equal(i < 2 ? "active" : "escalated", await Test.ScalarAsync<string>("select status from agency.workflow"));
        }

        Assert.Equal(["4|True"], await RowsAsync("select failure_count, status_message like '%No such report.%' from workflow"));
        Assert.Equal(["w|failures|open|scheduler"], await RowsAsync("select workflow_id, source, status, opened_by from escalation"));
        Assert.Equal(
            ["workflow_escalated|Acme: workflow 'w' is escalated after 3 failures in a row|-|True"],
            await RowsAsync("select kind, subject, dispatched_at, body like '%No such report.%' from notification"));
        Assert.Equal(1, WakeUps.Published.Count(t => t == Topics.Notifications));
        Assert.Equal(["1"], await RowsAsync("select count(*) from workflow_event where type = 'escalated'"));
    }

    [Fact]
    public async Task Settle_EscalationStillUnresolved_EscalatesTheWorkflowWithoutASecondOne()
    {
        for (var i = 0; i < 3; i++)
        {
            await NewSettler().SettleAsync(await ClaimNewAsync(), Permanent, default);
        }

        await Test.ExecuteAsync("update agency.workflow set status = 'active', failure_count = 2");
        await NewSettler().SettleAsync(await ClaimNewAsync(), Permanent, default);

        Assert.Equal(["escalated"], await RowsAsync("select status from workflow"));
        Assert.Equal(["1"], await RowsAsync("select count(*) from escalation"));
        Assert.Equal(["2"], await RowsAsync("select count(*) from notification"));
    }

    [Fact]
    public async Task Settle_StaleFencingNumber_ChangesNothing()
    {
        var key = await ClaimNewAsync();

        Assert.Equal(SettleOutcome.Stale, await NewSettler().SettleAsync(key with { Fencing = key.Fencing - 1 }, Permanent, default));
        Assert.Equal(SettleOutcome.Stale, await NewSettler().SettleAsync(key with { Owner = "other" }, Permanent, default));

        Assert.Equal(["running|0"], await RowsAsync("select r.status, w.failure_count from run r cross join workflow w"));
        Assert.Empty(await RowsAsync("select type from run_event"));
        Assert.Equal(SettleOutcome.Failed, await NewSettler().SettleAsync(key, Permanent, default));
        Assert.Equal(SettleOutcome.Stale, await NewSettler().SettleAsync(key, Permanent, default));
    }

    [Fact]
    public async Task Settle_HandedBack_DoesNotCountTheAttempt()
    {
        var key = await ClaimNewAsync();

        Assert.Equal(SettleOutcome.HandedBack, await NewSettler().SettleAsync(key, new AttemptResult.HandedBack { Seconds = 1 }, default));

        Assert.Equal(["queued|0|1|1"], await RowsAsync("select status, attempt, fencing, run_seconds from run"));
        Assert.Contains(Topics.Runs, WakeUps.Published);
        Assert.Equal(1, Assert.Single(await NewClaimer().ClaimAsync(1, default)).Attempt);
    }

    [Fact]
    public async Task Settle_Cancelled_LeavesTheFailuresAlone()
    {
        await Test.ExecuteAsync("update agency.workflow set failure_count = 2");

        Assert.Equal(
            SettleOutcome.Cancelled,
            await NewSettler().SettleAsync(await ClaimNewAsync(), new AttemptResult.Failed(RunErrorKind.Cancelled, "Asked for."), default));

        Assert.Equal(["cancelled|2"], await RowsAsync("select r.status, w.failure_count from run r cross join workflow w"));
    }

    [Fact]
    public async Task Recovery_LeaseEnded_CountsTheAttemptAsLost()
    {
        var key = await ClaimNewAsync();
        Assert.Equal(0, await NewRecovery().RunOnceAsync(default));
        Time.Advance(Options.Lease + TimeSpan.FromSeconds(1));

        var recovered = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => NewRecovery().RunOnceAsync(default))));

        Assert.Equal(1, recovered.Sum());
        Assert.Equal(["queued|1|lost"], await RowsAsync("select status, attempt, error_kind from run"));
        Assert.Equal(["lost", "retry_scheduled"], await RowsAsync("select type from run_event order by event_id"));
        Assert.Equal(SettleOutcome.Stale, await NewSettler().SettleAsync(key, new AttemptResult.Succeeded("Late."), default));
    }

    [Fact]
    public async Task Recovery_LastAttemptLost_FailsTheOccurrence()
    {
        await Test.ExecuteAsync("update agency.workflow set max_attempts = 1");
        await ClaimNewAsync();
        Time.Advance(Options.Lease + TimeSpan.FromSeconds(1));

        await NewRecovery().RunOnceAsync(default);

        Assert.Equal(["failed|lost|1"], await RowsAsync("select r.status, r.error_kind, w.failure_count from run r cross join workflow w"));
    }

    [Fact]
    public async Task Recovery_QueuedRunOfADeletedWorkflow_IsCancelledAndNeverClaimed()
    {
        await AddRunAsync("acme", "w");
        await Test.ExecuteAsync("update agency.workflow set deleted_at = now()");
        Assert.Empty(await NewClaimer().ClaimAsync(1, default));

        await NewRecovery().RunOnceAsync(default);

        Assert.Equal(["cancelled|cancelled|The workflow was deleted."], await RowsAsync("select status, error_kind, error_message from run"));
        Assert.Equal(["cancelled"], await RowsAsync("select type from run_event"));
    }

    private async Task<RunKey> ClaimNewAsync()
    {
        await AddRunAsync("acme", "w", Time.GetUtcNow());
        Time.Advance(TimeSpan.FromMilliseconds(1));
        return Assert.Single(await NewClaimer().ClaimAsync(1, default)).Key;
    }
}
