using Agency.Data;
using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Workers;
using Agency.ServiceDefaults.Tenancy;
using Agency.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agency.Scheduler.Tests.Workers;

public sealed class CallGateTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    private readonly SchedulerIdentity _identity = new();

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task MayCall_HeldRun_DependsOnTheFreeze(bool isFrozen, bool expected)
    {
        var (leases, run) = await HoldAsync();
        Assert.Equal(expected, await Gate(leases, () => isFrozen).MayCallAsync(run.Key, default));
    }

    /// <summary>Long enough for another scheduler to have begun the run anew.</summary>
    [Fact]
    public async Task MayCall_ProcessStandsStillWhileTheFreezeIsAsked_MakesSureOfTheHoldAfterwards()
    {
        var (leases, run) = await HoldAsync();

        Assert.False(await Gate(leases, () =>
        {
            Time.Advance(Options.Lease * 2);
            Test.ExecuteAsync("update agency.run set fencing = fencing + 1, lease_owner = 'another'").GetAwaiter().GetResult();
            return false;
        }).MayCallAsync(run.Key, default));
    }

    [Fact]
    public async Task MayCall_FreezeCannotBeAsked_IsDecidedByTheHold()
    {
        var (leases, run) = await HoldAsync();
        var gate = Gate(leases, () => throw new InvalidOperationException("No answer.", new Npgsql.NpgsqlException()));

        Assert.True(await gate.MayCallAsync(run.Key, default));
        Assert.False(await gate.MayCallAsync(run.Key with { Fencing = run.Key.Fencing + 1 }, default));
    }

    private static CallGate Gate(Leases leases, Func<bool> isFrozen) => new(new Freezer(isFrozen), leases, NullLogger<CallGate>.Instance);

    private async Task<(Leases Leases, ClaimedRun Run)> HoldAsync()
    {
        await Test.AddCompanyAsync("acme", "Acme");
        await AddWorkflowAsync("acme", "w", null, null);
        await AddRunAsync("acme", "w", Time.GetUtcNow());
        var run = Assert.Single(await NewClaimer(_identity).ClaimAsync(1, default));
        var leases = NewLeases(_identity);
        leases.Hold(run.Key, run.ClaimedAt, () => { });
        return (leases, run);
    }

    private sealed class Freezer(Func<bool> isFrozen) : IFrozenClients
    {
        public ValueTask<bool> IsFrozenAsync(CompanyId company, CancellationToken cancellationToken) => ValueTask.FromResult(isFrozen());
    }
}
