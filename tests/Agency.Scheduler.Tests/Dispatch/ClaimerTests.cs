using Agency.Data.Runs;
using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Settling;
using Agency.Testing;

namespace Agency.Scheduler.Tests.Dispatch;

public sealed class ClaimerTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var company in (string[])["big", "small"])
        {
            await Test.AddCompanyAsync(company, company + " Ltd");
            await AddWorkflowAsync(company, "w", null, null, overlap: "allow");
        }
    }

    [Fact]
    public async Task Claim_QueuedRun_LeasesItWithAHigherFencingNumber()
    {
        var run = await AddRunAsync("big", "w");
        var identity = new SchedulerIdentity();

        var claimed = Assert.Single(await NewClaimer(identity).ClaimAsync(5, default));

        Assert.Equal(new RunKey(new("big"), run, 1, identity.Owner), claimed.Key);
        Assert.Equal((1, "demo", "big Ltd", TimeSpan.FromSeconds(60)), (claimed.Attempt, claimed.Type, claimed.CompanyName, claimed.Timeout));
        Assert.Equal(
            [$"running|1|1|{identity.Owner}|2026-05-04 12:00:30|2026-05-04 12:00:00"],
            await RowsAsync("select status, attempt, fencing, lease_owner, lease_until, started_at from run"));
        Assert.Empty(await NewClaimer().ClaimAsync(5, default));
    }

    [Fact]
    public async Task Claim_RunBetweenAttempts_WaitsUntilItIsAvailable()
    {
        await AddRunAsync("big", "w");
        await Test.ExecuteAsync("update agency.run set available_at = $1", Noon.AddSeconds(10));

        Assert.Empty(await NewClaimer().ClaimAsync(5, default));
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Single(await NewClaimer().ClaimAsync(5, default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Claim_OneCompanyHas100000RunsQueued_TheOthersSingleRunIsInTheVeryNextClaim(int places)
    {
        await FloodAsync("big", 100_000);
        await Test.ExecuteAsync("update agency.company set max_concurrent_runs = 1000");
        var settler = NewSettler();
        for (var i = 0; i < 5; i++)
        {
            await ClaimAndFinishAsync(places, settler);
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await AddRunAsync("small", "w");

        Assert.Equal("small", (await NewClaimer().ClaimAsync(places, default))[0].Key.CompanyId.Value);
    }

    [Fact]
    public async Task Claim_NewcomerAmongManyFlooded_WaitsForNobodysBacklog()
    {
        string[] companies = ["a", "b", "c", "d", "e"];
        foreach (var company in companies)
        {
            await Test.AddCompanyAsync(company, company);
            await AddWorkflowAsync(company, "w", null, null, overlap: "allow");
            await FloodAsync(company, 200);
        }

        var settler = NewSettler();
        for (var i = 0; i < 33; i++)
        {
            await ClaimAndFinishAsync(1, settler);
        }

        await AddRunAsync("small", "w");

        Assert.Equal("small", Assert.Single(await NewClaimer().ClaimAsync(1, default)).Key.CompanyId.Value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Claim_WeightedCompanies_AreServedByTheirWeights(int places)
    {
        await FloodAsync("big", 400);
        await FloodAsync("small", 400);
        await Test.ExecuteAsync("update agency.company set max_concurrent_runs = 100");
        await Test.ExecuteAsync("update agency.company set weight = 3 where company_id = 'small'");

        var settler = NewSettler();
        var order = new List<string>();
        while (order.Count < 210)
        {
            order.AddRange(await ClaimAndFinishAsync(places, settler));
        }

        // Never further from its share than what one claim takes.
        for (var n = places; n <= 210; n += places)
        {
            Assert.InRange(order.Take(n).Count(c => c == "small"), (n * 0.75) - places - 1, (n * 0.75) + places + 1);
        }
    }

    [Fact]
    public async Task Claim_CompanyThatWasIdle_HasSavedUpNothing()
    {
        var settler = NewSettler();
        await FloodAsync("big", 300);
        for (var i = 0; i < 100; i++)
        {
            await ClaimAndFinishAsync(1, settler);
        }

        await FloodAsync("small", 300);
        var order = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            order.AddRange(await ClaimAndFinishAsync(1, settler));
        }

        Assert.InRange(order.Count(c => c == "small"), 19, 21);
    }

    [Fact]
    public async Task Claim_Priority_CountsWithinTheCompanyOnly()
    {
        await FloodAsync("big", 50);
        await AddWorkflowAsync("big", "urgent", null, null, overlap: "allow");
        Time.Advance(TimeSpan.FromMinutes(1));
        var urgent = await AddRunAsync("big", "urgent", priority: 5);
        var late = await AddRunAsync("big", "urgent", Noon.AddHours(1), priority: -5);
        await FloodAsync("small", 50);
        await Test.ExecuteAsync("update agency.company set max_concurrent_runs = 1000");

        var first = await NewClaimer().ClaimAsync(2, default);
        var rest = new List<ClaimedRun>();
        while (await NewClaimer().ClaimAsync(20, default) is { Count: > 0 } more)
        {
            rest.AddRange(more);
        }

        Assert.Equal(["big", "small"], first.Select(c => c.Key.CompanyId.Value).Order());
        Assert.Contains(first, c => c.Key.RunId == urgent);
        Assert.Equal(late, rest.Last(c => c.Key.CompanyId.Value == "big").Key.RunId);
        Assert.Equal(102, first.Count + rest.Count);
    }

    [Fact]
    public async Task Claim_WorkflowThatMayNotOverlap_ExecutesOneAfterTheOther()
    {
        await AddWorkflowAsync("big", "serial", null, null, overlap: "queue_all");
        for (var i = 0; i < 3; i++)
        {
            await AddRunAsync("big", "serial", Noon.AddSeconds(i));
        }

        await AddRunAsync("big", "w");
        var settler = NewSettler();

        var first = await NewClaimer().ClaimAsync(10, default);
        Assert.Equal(["serial", "w"], first.Select(c => c.WorkflowId.Value).Order());
        Assert.Empty(await NewClaimer().ClaimAsync(10, default));

        // Between two attempts it is still its turn.
        var serial = first.Single(c => c.WorkflowId.Value == "serial");
        await settler.SettleAsync(serial.Key, new AttemptResult.Failed(RunErrorKind.Transient, "Away."));
        Assert.Empty(await NewClaimer().ClaimAsync(10, default));
        Time.Advance(TimeSpan.FromMinutes(1));
        var again = Assert.Single(await NewClaimer().ClaimAsync(10, default));
        Assert.Equal((serial.Key.RunId, 2), (again.Key.RunId, again.Attempt));
        await settler.SettleAsync(again.Key, new AttemptResult.Succeeded("Done."));
        Assert.Equal(Noon.AddSeconds(1), Assert.Single(await NewClaimer().ClaimAsync(10, default)).ScheduledFor);
    }

    [Fact]
    public async Task Claim_WorkflowWithALimit_GetsNoMoreAtOnceAndLeavesTheRestToOthers()
    {
        await Test.ExecuteAsync("update agency.workflow set max_concurrent_runs = 2 where company_id = 'big'");
        await AddWorkflowAsync("big", "other", null, null, overlap: "allow");
        await FloodAsync("big", 20);
        await AddRunAsync("big", "other", Noon.AddHours(1));

        var claimed = new List<ClaimedRun>();
        while (await NewClaimer().ClaimAsync(3, default) is { Count: > 0 } more)
        {
            claimed.AddRange(more);
        }

        Assert.Equal(["other", "w", "w"], claimed.Select(c => c.WorkflowId.Value).Order());
    }

    [Theory]
    [InlineData(null, 0, null, false)]
    [InlineData("big", 0, null, false)]
    [InlineData("small", 0, null, true)]
    [InlineData(null, -60, -1, true)]
    [InlineData(null, 1, null, true)]
    [InlineData("big", -60, 1, false)]
    public async Task Claim_WhileWorkIsHeld_TakesNothingOfThoseConcerned(string? company, int fromMinutes, int? toMinutes, bool claims)
    {
        await AddRunAsync("big", "w");
        await Test.ExecuteAsync(
            """
            insert into agency.work_hold (hold_id, company_id, kind, starts_at, ends_at, reason, created_by, created_at)
            values (gen_random_uuid(), $1, 'pause', $2, $3, 'test', 'test', $4)
            """,
            (object?)company ?? DBNull.Value, Noon.AddMinutes(fromMinutes), toMinutes is { } to ? Noon.AddMinutes(to) : DBNull.Value, Noon.AddMinutes(Math.Min(fromMinutes, 0)));

        Assert.Equal(claims ? 1 : 0, (await NewClaimer().ClaimAsync(5, default)).Count);
    }

    [Fact]
    public async Task Claim_WhoseClockWasReadBeforeAHoldWasMade_TakesNothing()
    {
        await AddRunAsync("big", "w");
        await Test.ExecuteAsync(
            """
            insert into agency.work_hold (hold_id, company_id, kind, starts_at, reason, created_by, created_at)
            values (gen_random_uuid(), 'big', 'pause', $1, 'test', 'test', $1)
            """,
            Noon.AddMilliseconds(60));

        Assert.Empty(await NewClaimer().ClaimAsync(5, default));
    }

    [Fact]
    public async Task Claim_CompanyAtItsLimit_GetsNoMore()
    {
        await FloodAsync("big", 10);
        await Test.ExecuteAsync("update agency.company set max_concurrent_runs = 3");

        var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => NewClaimer().ClaimAsync(2, default))));

        Assert.Equal(3, claims.Sum(c => c.Count));
        Assert.Empty(await NewClaimer().ClaimAsync(10, default));
    }

    [Fact]
    public async Task Claim_RunIsBeingCancelled_LeavesIt()
    {
        await AddRunAsync("big", "w");
        var claimer = NewClaimer();

        Assert.Empty(await Waiting.WhileWritingAsync(Test, "update agency.run set cancel_requested_at = now()", () => claimer.ClaimAsync(5, default)));

        Assert.Equal(["queued|0|0"], await RowsAsync("select status, attempt, fencing from run"));
    }

    [Fact]
    public async Task Claim_ManySchedulersAtOnce_EachRunHasOneHolder()
    {
        await FloodAsync("big", 200);
        await Test.ExecuteAsync("update agency.company set max_concurrent_runs = 1000");

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var claimer = NewClaimer();
            var mine = new List<ClaimedRun>();
            while (await claimer.ClaimAsync(7, default) is { Count: > 0 } batch)
            {
                mine.AddRange(batch);
            }

            return mine;
        })));

        Assert.Equal(200, claims.SelectMany(c => c).Select(c => c.Key.RunId).Distinct().Count());
        Assert.Equal(200, claims.Sum(c => c.Count));
    }

    [Fact]
    public async Task Claim_ArchivedCompany_GetsNothing()
    {
        await AddRunAsync("big", "w");
        await Test.ExecuteAsync("update agency.company set status = 'archived' where company_id = 'big'");

        Assert.Empty(await NewClaimer().ClaimAsync(5, default));
    }

    private async Task<IEnumerable<string>> ClaimAndFinishAsync(int places, Settler settler)
    {
        var claimed = await NewClaimer().ClaimAsync(places, default);
        await Task.WhenAll(claimed.Select(run => settler.SettleAsync(run.Key, new AttemptResult.Succeeded("Done."))));
        return claimed.Select(run => run.Key.CompanyId.Value);
    }

    private Task FloodAsync(string company, int count) => Test.ExecuteAsync(
        """
        insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at)
        select $1, gen_random_uuid(), 'w', 'scheduled', $2::timestamptz + n * interval '1 millisecond', 'queued', $2, $2 from generate_series(1, $3) n
        """,
        company, Time.GetUtcNow(), count);
}
