using Agency.Data;
using Agency.Operations.Reports.Downloads;

namespace Agency.Operations.Tests.Reports.Downloads;

public sealed class ReportFileTests
{
    private static readonly ReportFile File = ReportFile.Pdf(new CompanyId("a"), Guid.Empty);

    [Theory]
    [InlineData("Report for 株式会社", "Report for 株式会社.pdf")]
    [InlineData("../../etc/passwd", "etc-passwd.pdf")]
    [InlineData("a\r\nSet-Cookie: b\"c", "a--Set-Cookie- b-c.pdf")]
    [InlineData("\u202Efdp.exe", "fdp.exe.pdf")] // a right-to-left override would disguise the ending
    [InlineData("...", "report.pdf")]
    public void NameFor_AnyTitle_IsSafeOnDisk(string title, string expected) => Assert.Equal(expected, File.NameFor(title));

    [Fact]
    public void NameFor_LongTitle_IsCutBetweenCharacters()
    {
        var name = File.NameFor(new string('x', 119) + "😀😀");

        Assert.Equal(new string('x', 119) + "😀.pdf", name);
    }
}
