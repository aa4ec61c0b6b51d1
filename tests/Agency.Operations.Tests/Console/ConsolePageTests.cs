using System.Net;

namespace Agency.Operations.Tests.Console;

public sealed class ConsolePageTests(ConsoleFixture console) : IClassFixture<ConsoleFixture>
{
    [Fact]
    public async Task Page_NamesInAnyScript_AreReadableAndEncoded()
    {
        var html = await GetAsync("/");

        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt; 株式会社", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuditPage_OfARun_NamesItOnce()
    {
        await console.Operations.RunAsync(ConsoleSeed.Client, "pause_work", """{"reason":"refused to runs"}""");

        var html = await GetAsync($"/audit?client={ConsoleSeed.Client}&outcome=denied");

        Assert.Matches(">run [0-9a-f-]{36}<", html);
        Assert.DoesNotContain("run:", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_AllClients_ShowsEveryPart()
    {
        var html = await GetAsync("/");

        foreach (var text in (string[])
            [
                "weekly_reporting", "0 9 * * 1", "Europe/Berlin", "Report of week 47 made", "503 Service Unavailable", "the earlier run was still open",
                "acknowledged", "by maria", "Slack: delivered", "e-mail: failed", "550 mailbox unavailable", "no channel configured", "Weekly report, week 47", "demo data",
                "Holds and findings", "Acme changes its systems", "maintenance to come", "stuck run", "longer than the 600 s it may", "queue grows",
            ])
        {
            Assert.Contains(text, html, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("Long over", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Nobody had planned it", html, StringComparison.Ordinal);
        Assert.Contains("<dt>Unresolved</dt><dd>2</dd>", html, StringComparison.Ordinal);
        Assert.Contains("<dt>Failed</dt><dd>1</dd>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OneClient_ShowsNothingOfAnother()
    {
        var html = await GetAsync("/?client=odd");

        Assert.Contains("on-demand", html, StringComparison.Ordinal);
        Assert.Contains("Contract is to be renewed", html, StringComparison.Ordinal);
        Assert.DoesNotContain("weekly_reporting", html, StringComparison.Ordinal);
        Assert.DoesNotContain("week 47", html, StringComparison.Ordinal);
        Assert.DoesNotContain("partner-feed", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Acme changes", html, StringComparison.Ordinal);
        Assert.DoesNotContain("stuck run", html, StringComparison.Ordinal);

        // What concerns all concerns this one.
        Assert.Contains("Database upgrade", html, StringComparison.Ordinal);
        Assert.Contains("queue grows", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_DefaultClientOfTools_DoesNotNarrowIt()
    {
        await using var server = await console.Operations.StartServerAsync(null, new KeyValuePair<string, string?>("JULES_COMPANY", "odd"));
        using var client = ConsoleFixture.Client(server, console.Session);
        Assert.Contains("weekly_reporting", await client.GetStringAsync("/", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunPage_Failed_ShowsStepsOfEveryAttemptAndEvents()
    {
        var html = await GetAsync($"/runs/{ConsoleSeed.Client}/{console.Seed.FailedRun}");

        foreach (var text in (string[])
            ["Steps of attempt 1", "Steps of attempt 2", "context.get_company_profile", "770 ms", "Think about what is needed", "retry_scheduled", "All 2 attempts failed."])
        {
            Assert.Contains(text, html, StringComparison.Ordinal);
        }

        // The failed step of the first attempt took the last 770 of its 900 ms.
        Assert.Contains("x=\"14.44%\" width=\"85.56%\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/?client=nobody")]
    [InlineData("/?client=%3Cscript%3E")]
    [InlineData("/runs/odd/{run}")]
    [InlineData("/runs/acme-demo/not-a-uuid")]
    [InlineData("/console/reports/odd/{report}.pdf")]
    [InlineData("/events?client=nobody")]
    [InlineData("/events?run={run}")]
    [InlineData("/console/secrets.txt")]
    public async Task Get_UnknownOrAnothers_IsNotFound(string path)
    {
        using var client = ConsoleFixture.Client(console.Operations.Server, console.Session);
        var address = path.Replace("{run}", console.Seed.FailedRun.ToString(), StringComparison.Ordinal)
            .Replace("{report}", console.Seed.Report.ToString(), StringComparison.Ordinal);
        using var answer = await client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Report_SignedIn_IsThePdf()
    {
        using var client = ConsoleFixture.Client(console.Operations.Server, console.Session);
        using var answer = await client.GetAsync($"/console/reports/{ConsoleSeed.Client}/{console.Seed.Report}.pdf", TestContext.Current.CancellationToken);
        Assert.Equal("application/pdf", answer.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("%PDF", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task<string> GetAsync(string path)
    {
        using var client = ConsoleFixture.Client(console.Operations.Server, console.Session);
        return await client.GetStringAsync(path, TestContext.Current.CancellationToken);
    }
}
