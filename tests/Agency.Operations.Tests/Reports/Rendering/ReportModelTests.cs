using Agency.Operations.Reports.Model;

namespace Agency.Operations.Tests.Reports.Rendering;

public sealed class ReportModelTests
{
    [Fact]
    public void Table_RowOfAnotherWidth_IsRefusedWithItsPosition()
    {
        var error = Assert.Throws<ArgumentException>(() => new ReportTable([new("A"), new("B")], [["1", "2"], ["3"]]));

        Assert.Contains("Row 1 has 1 cells; the table has 2 columns.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.MaxValue)]
    [InlineData(double.Epsilon)]
    public void Chart_ValueNoChartCanShow_IsRefused(double value) =>
        Assert.Throws<ArgumentException>(() => new ReportChart("C", "Day", ["a"], [new("s", [value])]));

    [Fact]
    public void Chart_SeriesOfAnotherLength_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new ReportChart("C", "Day", ["a", "b"], [new("s", [1])]));

    [Theory]
    [InlineData(0, "23 November 2026, 09:30 UTC")]
    [InlineData(-210, "23 November 2026, 09:30 UTC-03:30")]
    public void Cover_GeneratedText_NamesTheOffset(int minutes, string expected)
    {
        var cover = SampleReports.Cover with { GeneratedAt = new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.FromMinutes(minutes)) };

        Assert.Equal(expected, cover.GeneratedText);
    }
}
