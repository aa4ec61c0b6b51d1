using Agency.Data;
using Agency.Data.Runs;
using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Settling;
using Agency.Testing;

namespace Agency.Scheduler.Tests.Dispatch;

/// <summary>Holding runs and finding those that nobody holds any more. "Elsewhere" is another scheduler with a clock of its own.</summary>
public sealed class LeaseTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Test.AddCompanyAsync("acme", "Acme");
        await AddWorkflowAsync("acme", "w", "0 * * * *", Noon.AddHours(1));
    }

    [Fact]
    public async Task Recovery_NoHeartbeatForAWholeLease_CountsTheAttemptAsLost()
    {
        var run = await ClaimNewAsync();
        var watchers = Enumerable.Range(0, 4).Select(_ => NewRecovery()).ToList();
        foreach (var watcher in watchers)
        {
            Assert.Equal(0, await watcher.RunOnceAsync(default));
        }

        Time.Advance(Options.Lease);
        var recovered = await Task.WhenAll(watchers.Select(watcher => Task.Run(() => watcher.RunOnceAsync(default))));

        Assert.Equal(1, recovered.Sum());
        Assert.Equal(["queued|1|lost"], await RowsAsync("select status, attempt, error_kind from run"));
        Assert.Equal(["lost", "retry_scheduled"], await RowsAsync("select type from run_event order by event_id"));
        Assert.Equal(SettleOutcome.Stale, await NewSettler().SettleAsync(run.Key, new AttemptResult.Succeeded("Late.")));
    }

    [Fact]
    public async Task Recovery_LastAttemptLost_FailsTheOccurrence()
    {
        await Test.ExecuteAsync("update agency.workflow set max_attempts = 1");
        await ClaimNewAsync();
        var watcher = NewRecovery();
        await watcher.RunOnceAsync(default);
        Time.Advance(Options.Lease);

        await watcher.RunOnceAsync(default);

        Assert.Equal(["failed|lost|1"], await RowsAsync("select r.status, r.error_kind, w.failure_count from run r cross join workflow w"));
    }

    [Fact]
    public async Task Recovery_HeartbeatInBetween_WatchesAnotherWholeLease()
    {
        var run = await ClaimNewAsync();
        var watcher = NewRecovery();
        await watcher.RunOnceAsync(default);
        Time.Advance(Options.Lease / 2);
        await Test.ExecuteAsync("update agency.run set lease_until = lease_until + interval '1 second'");
        await watcher.RunOnceAsync(default);
        Time.Advance(Options.Lease / 2);

        Assert.Equal(0, await watcher.RunOnceAsync(default));

        Time.Advance(Options.Lease / 2);
        Assert.Equal(1, await watcher.RunOnceAsync(default));
        Assert.Equal(1, run.Attempt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Recovery_WallClockStepsByAnHour_DeclaresNothingDeadAndKeepsNothingAlive(int hours)
    {
        var identity = new SchedulerIdentity();
        var machine = new SteppedClock(Time);
        var leases = NewLeases(identity, machine);
        var run = Assert.Single(await QueueAndClaimAsync(identity));
        var lost = false;
        using var hold = leases.Hold(run.Key, run.ClaimedAt, () => lost = true);
        var watcher = NewRecovery(machine: machine); // Another scheduler of the same machine.
        await watcher.RunOnceAsync(default);

        machine.Step = TimeSpan.FromHours(hours);
        await leases.HeartbeatAsync(default);
        Assert.Equal(0, await watcher.RunOnceAsync(default));
        Assert.True(await leases.EnsureHeldAsync(run.Key, default));
        machine.Step = TimeSpan.Zero;
        Assert.Equal(0, await watcher.RunOnceAsync(default));
        Assert.True(await leases.EnsureHeldAsync(run.Key, default));
        await watcher.RunOnceAsync(default);
        Assert.False(lost);
        machine.Step = TimeSpan.FromHours(hours);

        // Now the heartbeats end.
        Time.Advance(Options.Lease);
        Assert.Equal(1, await watcher.RunOnceAsync(default));
    }

    [Fact]
    public async Task Heartbeat_OfARunThatIsBeingWritten_DoesNotWaitAndDoesNotLoseIt()
    {
        var identity = new SchedulerIdentity();
        var leases = NewLeases(identity);
        var run = Assert.Single(await QueueAndClaimAsync(identity));
        using var hold = leases.Hold(run.Key, run.ClaimedAt, () => Assert.Fail("The run was given up."));
        var until = await Test.ScalarAsync<DateTime>("select lease_until from agency.run");
        Time.Advance(Options.Lease / 2);
        await using (var writer = new Npgsql.NpgsqlConnection(Test.AdminConnectionString))
        {
            await writer.OpenAsync();
            await using var transaction = await writer.BeginTransactionAsync();
            await using var command = new Npgsql.NpgsqlCommand("update agency.run set tool_calls = 1", writer);
            await command.ExecuteNonQueryAsync();

            await leases.HeartbeatAsync(default);

            Assert.Equal(until, await Test.ScalarAsync<DateTime>("select lease_until from agency.run"));
            await transaction.CommitAsync();
        }

        await leases.HeartbeatAsync(default);

        Assert.True(await Test.ScalarAsync<DateTime>("select lease_until from agency.run") > until);
    }

    [Fact]
    public async Task EnsureHeld_AfterStandingStillForLongerThanTheLease_AsksTheDatabaseAndGivesUp()
    {
        var identity = new SchedulerIdentity();
        var leases = NewLeases(identity);
        var run = Assert.Single(await QueueAndClaimAsync(identity));
        var lost = 0;
        using var hold = leases.Hold(run.Key, run.ClaimedAt, () => lost++);
        var watcher = NewRecovery();
        await watcher.RunOnceAsync(default);
        Assert.True(await leases.EnsureHeldAsync(run.Key, default));

        Time.Advance(Options.Lease);
        Assert.Equal(1, await watcher.RunOnceAsync(default));

        Assert.False(await leases.EnsureHeldAsync(run.Key, default));
        Assert.Equal(1, lost);
    }

    [Fact]
    public async Task EnsureHeld_AfterStandingStillWithNobodyElseAround_GoesOn()
    {
        var identity = new SchedulerIdentity();
        var leases = NewLeases(identity);
        var run = Assert.Single(await QueueAndClaimAsync(identity));
        using var hold = leases.Hold(run.Key, run.ClaimedAt, () => { });

        Time.Advance(TimeSpan.FromDays(1));

        Assert.True(await leases.EnsureHeldAsync(run.Key, default));
    }

    [Fact]
    public async Task Recovery_OwnRunStillUnderWay_IsLeftToItsHeartbeats()
    {
        var identity = new SchedulerIdentity();
        var leases = NewLeases(identity);
        var run = Assert.Single(await QueueAndClaimAsync(identity));
        var watcher = NewRecovery(leases);
        var hold = leases.Hold(run.Key, run.ClaimedAt, () => { });
        await watcher.RunOnceAsync(default);
        Time.Advance(Options.Lease);

        Assert.Equal(0, await watcher.RunOnceAsync(default));
        hold.Dispose();
        Assert.Equal(1, await watcher.RunOnceAsync(default));
    }

    [Fact]
    public async Task Cancellation_QueuedRunOfADeletedWorkflow_IsCancelledAndNeverClaimed()
    {
        await AddRunAsync("acme", "w");
        await Test.ExecuteAsync("update agency.workflow set deleted_at = now()");
        Assert.Empty(await NewClaimer().ClaimAsync(1, default));

        await NewCancellation().CancelAbandonedAsync(default);

        Assert.Equal(["cancelled|cancelled|The workflow was deleted."], await RowsAsync("select status, error_kind, error_message from run"));
        Assert.Equal(["cancelled"], await RowsAsync("select type from run_event"));
    }

    [Fact]
    public async Task Cancellation_AskedForWhileQueued_EndsItAtOnce()
    {
        await AddRunAsync("acme", "w");
        await Test.ExecuteAsync("update agency.run set cancel_requested_at = now(), cancel_reason = 'By mistake.'");
        Assert.Empty(await NewClaimer().ClaimAsync(1, default));

        Assert.Empty(await NewCancellation().RunOnceAsync(default));

        Assert.Equal(["cancelled|cancelled|By mistake.|0"], await RowsAsync("select r.status, error_kind, error_message, failure_count from run r cross join workflow"));
    }

    [Fact]
    public async Task Cancellation_AskedForWhileExecuting_IsToldToItsHolderAlone()
    {
        var identity = new SchedulerIdentity();
        var run = Assert.Single(await QueueAndClaimAsync(identity));
        await Test.ExecuteAsync("update agency.run set cancel_requested_at = now(), cancel_reason = 'By mistake.'");

        Assert.Empty(await NewCancellation().RunOnceAsync(default));
        Assert.Equal([(run.Key, new AttemptResult.Failed(RunErrorKind.Cancelled, "By mistake."))], await NewCancellation(identity).RunOnceAsync(default));
    }

    [Fact]
    public async Task Freeze_OfAClientWhoseRunExecutes_HandsItBackToldToItsHolderAlone()
    {
        var identity = new SchedulerIdentity();
        var run = Assert.Single(await QueueAndClaimAsync(identity));
        await FreezeAsync("acme");

        Assert.Empty(await NewCancellation().RunOnceAsync(default));
        var (key, endedAs) = Assert.Single(await NewCancellation(identity).RunOnceAsync(default));
        Assert.Equal(run.Key, key);
        await NewSettler().SettleAsync(key, endedAs);

        Assert.Equal(["queued|0|0"], await RowsAsync("select r.status, attempt, failure_count from run r cross join workflow"));
        Assert.Equal(["handed_back|The client was frozen before the run was through; the attempt does not count."], await RowsAsync("select type, message from run_event"));
        Assert.Empty(await NewClaimer(identity).ClaimAsync(1, default));

        await Test.ExecuteAsync("update agency.work_hold set ends_at = $1", Time.GetUtcNow());
        Assert.Equal(1, Assert.Single(await NewClaimer(identity).ClaimAsync(1, default)).Attempt);
    }

    [Fact]
    public async Task Freeze_ThatMadeARunFail_IsNoFailureOfIt()
    {
        var failed = new AttemptResult.Failed(RunErrorKind.Permanent, "The server refused the call.") { Seconds = 3, ToolCalls = 2 };
        var cancelled = new AttemptResult.Failed(RunErrorKind.Cancelled, "By mistake.");
        Assert.Equal(failed, await NewCancellation().UnlessFrozenAsync(new CompanyId("acme"), failed, default));

        await FreezeAsync("acme");

        var kept = Assert.IsType<AttemptResult.HandedBack>(await NewCancellation().UnlessFrozenAsync(new CompanyId("acme"), failed, default));
        Assert.Equal((3d, 2), (kept.Seconds, kept.ToolCalls));
        Assert.Equal(cancelled, await NewCancellation().UnlessFrozenAsync(new CompanyId("acme"), cancelled, default));
        Assert.Equal(failed, await NewCancellation().UnlessFrozenAsync(new CompanyId("other"), failed, default));
    }

    private Task FreezeAsync(string company) => Test.ExecuteAsync(
        """
        insert into agency.work_hold (hold_id, company_id, kind, starts_at, reason, created_by, created_at)
        values (gen_random_uuid(), $1, 'freeze', $2, 'r', 'x', $2)
        """,
        company, Time.GetUtcNow());

    private async Task<ClaimedRun> ClaimNewAsync() => Assert.Single(await QueueAndClaimAsync(new SchedulerIdentity()));

    private async Task<IReadOnlyList<ClaimedRun>> QueueAndClaimAsync(SchedulerIdentity identity)
    {
        await AddRunAsync("acme", "w", Time.GetUtcNow());
        return await NewClaimer(identity).ClaimAsync(1, default);
    }
}
