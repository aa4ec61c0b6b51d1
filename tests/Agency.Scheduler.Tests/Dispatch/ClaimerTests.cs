using Agency.Scheduler.Dispatch;
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
            await AddWorkflowAsync(company, "w", null, null);
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

    [Fact]
    public async Task Claim_OneCompanyFloodsTheQueue_TheOthersSingleRunComesFirstOrSecond()
    {
        await FloodAsync("big", 1000);
        Time.Advance(TimeSpan.FromMinutes(1));
        await AddRunAsync("small", "w");

        var first = await NewClaimer().ClaimAsync(2, default);

        Assert.Equal(["big", "small"], first.Select(c => c.Key.CompanyId.Value).Order());
    }

    [Fact]
    public async Task Claim_CompanyWithRunsUnderWay_StandsBehindOneWithout()
    {
        await FloodAsync("big", 10);
        Assert.Equal(2, (await NewClaimer().ClaimAsync(2, default)).Count);
        Time.Advance(TimeSpan.FromMinutes(1));
        await AddRunAsync("small", "w");

        Assert.Equal("small", Assert.Single(await NewClaimer().ClaimAsync(1, default)).Key.CompanyId.Value);
    }

    [Fact]
    public async Task Claim_WeightedCompany_GetsItsShare()
    {
        await FloodAsync("big", 20);
        await FloodAsync("small", 20);
        await Test.ExecuteAsync("update agency.company set max_concurrent_runs = 100");
        await Test.ExecuteAsync("update agency.company set weight = 3 where company_id = 'small'");

        var claimed = await NewClaimer().ClaimAsync(8, default);

        Assert.Equal(6, claimed.Count(c => c.Key.CompanyId.Value == "small"));
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

    private Task FloodAsync(string company, int count) => Test.ExecuteAsync(
        """
        insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at)
        select $1, gen_random_uuid(), 'w', 'scheduled', $2::timestamptz + n * interval '1 millisecond', 'queued', $2, $2 from generate_series(1, $3) n
        """,
        company, Time.GetUtcNow(), count);
}
