using Agency.Operations.Reports.Rendering.Text;

namespace Agency.Operations.Tests.Reports.Rendering;

public sealed class SegmentsTests
{
    [Theory]
    [InlineData("two  words ", "two_|words_")]
    [InlineData("onboarding-client-a", "onboarding-|client-|a")]
    [InlineData("2026-11-23 and -5", "2026-11-23_|and_|-5")]
    [InlineData("会議「売上」。", "会|議|「売|上」。")]
    [InlineData("no\u00A0break\there", "no\u00A0break_|here")]
    [InlineData("", "")]
    [InlineData(" \t ", "")]
    public void Of_Text_BreaksWhereALineMay(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Segments.Of(text).Select(segment => segment.Text + (segment.SpaceAfter ? "_" : ""))));
}
