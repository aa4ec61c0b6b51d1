using Agency.Chaos.Tests.Events;

namespace Agency.Chaos.Tests.Proof;

public sealed class ChaosPlanTests
{
    private static readonly TimeSpan TwoMinutes = TimeSpan.FromMinutes(2);

    [Fact]
    public void Make_WithTheSameSeed_GivesTheSamePlan() => Assert.Equal(Make(7), Make(7));

    [Fact]
    public void Make_WithAnotherSeed_GivesAnotherPlan() => Assert.NotEqual(Make(7), Make(8));

    [Fact]
    public void Make_ForTwoMinutes_LetsAllHappenAndUndoesItInTime()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var plan = Make(seed);
            Assert.All(plan, e => Assert.True(e.At + e.Duration <= TwoMinutes));
            Assert.Equal(ChaosPlan.Kinds, plan.Select(e => e.Kind).Distinct().Order());
        }
    }

    private static IReadOnlyList<ChaosEvent> Make(int seed) => ChaosPlan.Make(seed, TwoMinutes, ChaosRun.Schedulers, ChaosRun.Lease);
}
