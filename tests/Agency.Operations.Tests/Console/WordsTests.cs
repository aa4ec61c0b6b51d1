using Agency.Operations.Console.Pages;

namespace Agency.Operations.Tests.Console;

public sealed class WordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "now")]
    [InlineData(-0.9, "now")]
    [InlineData(12, "in 12 s")]
    [InlineData(-59.9, "59 s ago")]
    [InlineData(-60, "1 min ago")]
    [InlineData(7199, "in 1 h")]
    [InlineData(-90_000, "1 d ago")]
    public void Relative_TakesTheLargestUnit(double seconds, string expected) => Assert.Equal(expected, Words.Relative(Now.AddSeconds(seconds), Now));

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(999, "999 ms")]
    [InlineData(999.9, "1.0 s")]
    [InlineData(59_940, "59.9 s")]
    [InlineData(59_960, "1 min 0 s")]
    [InlineData(5_400_000, "1 h 30 min")]
    public void Duration_IsShort(double milliseconds, string expected) => Assert.Equal(expected, Words.Duration(TimeSpan.FromMilliseconds(milliseconds)));
}
