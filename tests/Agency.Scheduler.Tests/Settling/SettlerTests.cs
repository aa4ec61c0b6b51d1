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

        Assert.Equal(SettleOutcome.Succeeded, await NewSettler().SettleAsync(key, new AttemptResult.Succeeded("Sent.") { Seconds = 1.5, ToolCalls = 2 }));

        Assert.Equal(
            ["succeeded|-|1.5|2|Sent.|2026-05-04 12:00:00"],
            await RowsAsync("select status, lease_owner, run_seconds, tool_calls, summary, finished_at from run"));
        Assert.Equal(["0|active"], await RowsAsync("select failure_count, status from workflow"));
        Assert.Equal(["1|succeeded"], await RowsAsync("select attempt, type from run_event order by event_id"));
        Assert.Equal([Topics.Changes], WakeUps.Published);
    }

    [Fact]
    public async Task Settle_TransientFailures_RetriesWithGrowingDelaysThenFails()
    {
        var delays = new List<double>();
        var key = await ClaimNewAsync();
        for (var attempt = 1; attempt < 3; attempt++)
        {
            Assert.Equal(SettleOutcome.Retried, await NewSettler().SettleAsync(key, Transient));
            Assert.Equal("queued", await Test.ScalarAsync<string>("select status from agency.run"));
            var available = (await Test.ScalarAsync<DateTime?>("select available_at from agency.run"))!.Value;
            delays.Add((available - Time.GetUtcNow().UtcDateTime).TotalSeconds);
            Time.SetUtcNow(available.AddSeconds(1));
            key = Assert.Single(await NewClaimer().ClaimAsync(1, default)).Key;
        }

        Assert.InRange(delays[0], 24, 36);
        Assert.InRange(delays[1], 48, 72);
        Assert.Equal(0, await Test.ScalarAsync<int>("select failure_count from agency.workflow"));
        Assert.Equal(SettleOutcome.Failed, await NewSettler().SettleAsync(key, Transient));
        Assert.Equal(
            ["failed|3|6|9|transient|The mail server is away."],
            await RowsAsync("select status, attempt, run_seconds, tool_calls, error_kind, error_message from run"));
        Assert.Equal(
            ["attempt_failed", "retry_scheduled", "attempt_failed", "retry_scheduled", "failed"],
            await RowsAsync("select type from run_event order by event_id"));
        Assert.Equal(1, await Test.ScalarAsync<int>("select failure_count from agency.workflow"));
    }

    [Fact]
    public async Task Settle_PermanentFailure_IsNotRetried() =>
        Assert.Equal(SettleOutcome.Failed, await NewSettler().SettleAsync(await ClaimNewAsync(), Permanent));

    [Fact]
    public async Task Settle_ThirdFailedOccurrence_EscalatesOnce()
    {
        for (var i = 0; i < 4; i++)
        {
            await NewSettler().SettleAsync(await ClaimNewAsync(), Permanent);
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
            await NewSettler().SettleAsync(await ClaimNewAsync(), Permanent);
        }

        await Test.ExecuteAsync("update agency.workflow set status = 'active', failure_count = 2");
        await NewSettler().SettleAsync(await ClaimNewAsync(), Permanent);

        Assert.Equal(["escalated"], await RowsAsync("select status from workflow"));
        Assert.Equal(["1"], await RowsAsync("select count(*) from escalation"));
        Assert.Equal(["2"], await RowsAsync("select count(*) from notification"));
    }

    [Fact]
    public async Task Settle_StaleFencingNumber_ChangesNothing()
    {
        var key = await ClaimNewAsync();

        Assert.Equal(SettleOutcome.Stale, await NewSettler().SettleAsync(key with { Fencing = key.Fencing - 1 }, Permanent));
        Assert.Equal(SettleOutcome.Stale, await NewSettler().SettleAsync(key with { Owner = "other" }, Permanent));

        Assert.Equal(["running|0"], await RowsAsync("select r.status, w.failure_count from run r cross join workflow w"));
        Assert.Equal(["outcome_refused", "outcome_refused"], await RowsAsync("select type from run_event order by event_id"));
        Assert.Equal(SettleOutcome.Failed, await NewSettler().SettleAsync(key, Permanent));
        Assert.Equal(SettleOutcome.Stale, await NewSettler().SettleAsync(key, Permanent));
    }

    /// <summary>As when the answer to the commit was lost.</summary>
    [Fact]
    public async Task Settle_SuccessToldTwice_IsInTheHistoryOnce()
    {
        var key = await ClaimNewAsync();
        var success = new AttemptResult.Succeeded("Sent.");

        await NewSettler().SettleAsync(key, success);
        await NewSettler().SettleAsync(key, success);

        Assert.Equal(["succeeded"], await RowsAsync("select type from run_event"));
    }

    [Fact]
    public async Task Settle_HandedBack_DoesNotCountTheAttempt()
    {
        var key = await ClaimNewAsync();

        Assert.Equal(SettleOutcome.HandedBack, await NewSettler().SettleAsync(key, new AttemptResult.HandedBack { Seconds = 1 }));

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
            await NewSettler().SettleAsync(await ClaimNewAsync(), new AttemptResult.Failed(RunErrorKind.Cancelled, "Asked for.")));

        Assert.Equal(["cancelled|2"], await RowsAsync("select r.status, w.failure_count from run r cross join workflow w"));
    }

    [Fact]
    public async Task Settle_SeveralOfOneWorkflowTogether_SeeEachOthersEffects()
    {
        await Test.ExecuteAsync("update agency.workflow set overlap = 'allow'");
        for (var i = 0; i < 4; i++)
        {
            await AddRunAsync("acme", "w", Time.GetUtcNow().AddSeconds(i));
        }

        var claimed = await NewClaimer().ClaimAsync(4, default);
        var settler = NewSettler();

        var outcomes = await Task.WhenAll(claimed.Select(run => settler.SettleAsync(run.Key, Permanent)));

        Assert.All(outcomes, outcome => Assert.Equal(SettleOutcome.Failed, outcome));
        Assert.Equal(["4|escalated"], await RowsAsync("select failure_count, status from workflow"));
        Assert.Equal(["1|1"], await RowsAsync("select (select count(*) from escalation), (select count(*) from notification)"));
    }

    [Fact]
    public async Task Settle_OneOfABatchIsStale_TheOthersAreWritten()
    {
        await Test.ExecuteAsync("update agency.workflow set overlap = 'allow'");
        await AddRunAsync("acme", "w", Time.GetUtcNow());
        await AddRunAsync("acme", "w", Time.GetUtcNow().AddSeconds(1));
        var claimed = await NewClaimer().ClaimAsync(4, default);
        var settler = NewSettler();

        var stale = settler.SettleAsync(claimed[0].Key with { Fencing = 9 }, Permanent);
        var good = settler.SettleAsync(claimed[1].Key, new AttemptResult.Succeeded("Sent."));

        Assert.Equal((SettleOutcome.Stale, SettleOutcome.Succeeded), (await stale, await good));
        Assert.Equal(["running|1", "succeeded|1"], await RowsAsync("select status, count(*) from run group by status order by status"));
    }

    [Theory]
    [InlineData(RunErrorKind.Transient, "non_retryable = '{transient}'", "failed")]
    [InlineData(RunErrorKind.Timeout, "non_retryable = '{transient}'", "queued")]
    [InlineData(RunErrorKind.Lost, "non_retryable = '{lost,timeout}'", "failed")]
    [InlineData(RunErrorKind.Transient, "retry_deadline_seconds = 20", "failed")]
    [InlineData(RunErrorKind.Transient, "retry_deadline_seconds = 40", "queued")]
    [InlineData(RunErrorKind.Transient, "max_attempts = 1", "failed")]
    public async Task Settle_Failure_IsTriedAgainOnlyAsThePolicyAllows(RunErrorKind kind, string policy, string status)
    {
        await Test.ExecuteAsync($"update agency.workflow set {policy}");

        await NewSettler().SettleAsync(await ClaimNewAsync(), new AttemptResult.Failed(kind, "No luck."));

        Assert.Equal([status], await RowsAsync("select status from run"));
    }

    [Fact]
    public async Task Settle_RetryWithoutJitter_FollowsAfterExactlyTheDelay()
    {
        await Test.ExecuteAsync("update agency.workflow set retry_jitter = 0, retry_initial_seconds = 7");

        await NewSettler().SettleAsync(await ClaimNewAsync(), Transient);

        var available = (await Test.ScalarAsync<DateTime?>("select available_at from agency.run"))!.Value;
        Assert.Equal(Time.GetUtcNow().UtcDateTime.AddSeconds(7), available);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("handed back")]
    [InlineData("transient")]
    public async Task Settle_CancelWasAskedFor_EndsItInsteadOfAnotherAttempt(string how)
    {
        var key = await ClaimNewAsync();
        await Test.ExecuteAsync("update agency.run set cancel_requested_at = now(), cancel_reason = 'Not needed any more.'");

        var outcome = await NewSettler().SettleAsync(key, how switch
        {
            "lost" => new AttemptResult.Failed(RunErrorKind.Lost, "Gone."),
            "handed back" => new AttemptResult.HandedBack(),
            _ => Transient,
        });

        Assert.Equal(SettleOutcome.Cancelled, outcome);
        Assert.Equal(["cancelled|cancelled|Not needed any more."], await RowsAsync("select status, error_kind, error_message from run"));
    }

    private async Task<RunKey> ClaimNewAsync()
    {
        await AddRunAsync("acme", "w", Time.GetUtcNow());
        Time.Advance(TimeSpan.FromMilliseconds(1));
        return Assert.Single(await NewClaimer().ClaimAsync(1, default)).Key;
    }
}
