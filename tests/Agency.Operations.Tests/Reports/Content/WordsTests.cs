using Agency.Operations.Reports.Content;

namespace Agency.Operations.Tests.Reports.Content;

public sealed class WordsTests
{
    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0, "0.0 %")]
    [InlineData(0.0001, "0.1 %")]
    [InlineData(0.982, "98.2 %")]
    [InlineData(0.9999, "99.9 %")] // one failure of many is not perfection
    [InlineData(1.0, "100.0 %")]
    public void Percent_Share_IsRoundedHonestly(double? share, string expected) => Assert.Equal(expected, Words.Percent(share));

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.04, "0.0 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.6, "1 min 00 s")]
    [InlineData(3599.6, "1 h 00 min")]
    [InlineData(93784.0, "26 h 03 min")]
    public void Duration_Seconds_ReadsWell(double? seconds, string expected) => Assert.Equal(expected, Words.Duration(seconds));

    [Fact]
    public void Clip_LongText_IsCutBetweenLetters()
    {
        Assert.Equal("a b", Words.Clip(" a\n\tb ", 10));
        Assert.Equal("👩‍👩‍👧‍👦…", Words.Clip("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 4));
        Assert.True(Words.Clip("a" + new string('\u0301', 100_000), 100).Length <= 401);
    }
}
