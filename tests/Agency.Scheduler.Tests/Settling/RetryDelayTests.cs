using Agency.Data;
using Agency.Scheduler.Settling;

namespace Agency.Scheduler.Tests.Settling;

public sealed class RetryDelayTests
{
    [Fact]
    public void After_RisingAttempts_DoublesUpToTheLimitWithinTheJitter()
    {
        for (var i = 0; i < 200; i++)
        {
            var run = RunId.New(TimeProvider.System);
            foreach (var (attempt, expected) in (ReadOnlySpan<(int, double)>)[(1, 10), (2, 20), (3, 40), (4, 60), (50, 60), (5000, 60)])
            {
                var delay = RetryDelay.After(run, attempt, Policy(10, 60)).TotalSeconds;
                Assert.InRange(delay, expected * 0.8, expected * 1.2);
            }
        }
    }

    [Fact]
    public void After_SameRunAndAttempt_IsTheSame()
    {
        var run = RunId.New(TimeProvider.System);
        Assert.Equal(RetryDelay.After(run, 2, Policy(10, 60)), RetryDelay.After(run, 2, Policy(10, 60)));
    }

    [Fact]
    public void After_DifferentRuns_Spreads() =>
        Assert.True(Enumerable.Range(0, 50).Select(_ => RetryDelay.After(RunId.New(TimeProvider.System), 1, Policy(100, 3600))).Distinct().Count() > 40);

    private static RetryPolicy Policy(int initial, int max) => new(3, initial, 2, max, 0.2, null, []);
}
