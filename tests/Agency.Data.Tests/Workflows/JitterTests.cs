using Agency.Data.Workflows;

namespace Agency.Data.Tests.Workflows;

public sealed class JitterTests
{
    private static readonly CompanyId Acme = new("acme");
    private static readonly WorkflowId Report = new("report");
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_TheSameOccurrence_IsAlwaysTheSame()
    {
        // Written down, so that a change of the computation shows: schedulers of two versions may run side by side.
        Assert.Equal(TimeSpan.FromMilliseconds(21572), Jitter.Of(Acme, Report, Noon, 60));
        Assert.Equal(Jitter.Of(Acme, Report, Noon, 60), Jitter.Of(Acme, Report, Noon.ToOffset(TimeSpan.FromHours(2)), 60));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Of_NoSeconds_IsNone(int maxSeconds) => Assert.Equal(TimeSpan.Zero, Jitter.Of(Acme, Report, Noon, maxSeconds));

    [Fact]
    public void Of_ManyOccurrences_IsSpreadEvenlyOverTheRange()
    {
        const int maxSeconds = 10;
        var counts = new int[10];
        for (var i = 0; i < 10_000; i++)
        {
            var delay = Jitter.Of(new CompanyId($"c{i % 100}"), new WorkflowId($"w{i / 100}"), Noon, maxSeconds);

            Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromSeconds(maxSeconds));
            counts[Math.Min(9, (int)delay.TotalSeconds)]++;
        }

        // 1,000 expected in each; five standard deviations are 150.
        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Of_TheNextOccurrence_IsAnother() =>
        Assert.True(Enumerable.Range(0, 100).Select(day => Jitter.Of(Acme, Report, Noon.AddDays(day), 3600)).Distinct().Count() > 95);

    [Fact]
    public void Of_TheLongestRange_StaysWithinIt() =>
        Assert.InRange(Jitter.Of(Acme, Report, Noon, int.MaxValue), TimeSpan.Zero, TimeSpan.FromSeconds(int.MaxValue));
}
