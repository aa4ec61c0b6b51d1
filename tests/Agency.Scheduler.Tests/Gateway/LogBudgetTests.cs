using Agency.Scheduler.Gateway;

namespace Agency.Scheduler.Tests.Gateway;

public sealed class LogBudgetTests
{
    [Fact]
    public void Take_AgainAndAgain_EndsAfterTwenty()
    {
        var budget = new LogBudget();
        Assert.Equal(20, Enumerable.Range(0, 10_000).Count(_ => budget.Take()));
    }
}
