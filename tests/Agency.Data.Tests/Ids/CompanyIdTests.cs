namespace Agency.Data.Tests.Ids;

public sealed class CompanyIdTests
{
    [Theory]
    [InlineData("client-a", true)]
    [InlineData("Client_A-1", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("client a", false)]
    [InlineData("client-a\n", false)]
    [InlineData("клиент", false)]
    [InlineData("../client-a", false)]
    [InlineData("client%2Da", false)]
    public void TryParse_OfAText_FollowsTheSlugRule(string? text, bool valid) => Assert.Equal(valid, CompanyId.TryParse(text, out _));

    [Fact]
    public void TryParse_Of65Characters_Refuses() => Assert.False(CompanyId.TryParse(new string('a', 65), out _));

    [Fact]
    public void Equality_OfIdsThatDifferInCase_DoesNotHold() => Assert.NotEqual(new CompanyId("client-a"), new CompanyId("Client-A"));

    [Fact]
    public void Value_OfTheDefault_Throws() => Assert.Throws<InvalidOperationException>(() => default(CompanyId).Value);
}
