using Agency.Data.Runs;

namespace Agency.Data.Tests;

public sealed class SnakeCaseTests
{
    [Fact]
    public void Of_AMemberOfTwoWords_JoinsThemWithAnUnderscore() => Assert.Equal("catch_up", SnakeCase.Of(RunTrigger.CatchUp));

    [Fact]
    public void Parse_OfAnUnknownName_ListsTheKnownOnes()
    {
        var error = Assert.Throws<FormatException>(() => SnakeCase.Parse<RunTrigger>("CatchUp"));
        Assert.Contains("scheduled, catch_up, manual", error.Message, StringComparison.Ordinal);
    }
}
