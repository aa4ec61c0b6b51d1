using System.Diagnostics;
using System.Text;
using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering.Pdf;

namespace Agency.Operations.Tests.Reports.Rendering;

/// <summary>What a reader copies out of the PDF, seen by a second, independent reader of the format.</summary>
public sealed class PdfTextExtractionTests
{
    [Theory]
    [InlineData(SampleReports.Greek)]
    [InlineData(SampleReports.Cyrillic)]
    [InlineData(SampleReports.Chinese)]
    [InlineData("office affluent fjord Wörter")]
    [InlineData("e\u0301te\u0301 combining")]
    [InlineData("⼀ 一 radical and ideograph")]
    public async Task CopiedText_AnyScript_IsTheTextWritten(string text)
    {
        var pdf = new PdfReportRenderer().Render(SampleReports.Of(new ReportParagraph(text)));

        Assert.Contains(text, await PdfToText(pdf), StringComparison.Ordinal);
    }

    private static async Task<string> PdfToText(byte[] pdf)
    {
        const string Tool = "/usr/bin/pdftotext";
        if (!File.Exists(Tool))
        {
            Assert.True(Environment.GetEnvironmentVariable("CI") != "true", $"{Tool} is missing: install the package poppler-utils.");
            Assert.Skip($"{Tool} is missing: install the package poppler-utils.");
        }
        var start = new ProcessStartInfo(Tool, ["-enc", "UTF-8", "-", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(pdf);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return await output;
    }
}
