using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Agency.Operations.Tests.Console;

public sealed partial class ConsoleBrowserTests(BrowserFixture console) : IClassFixture<BrowserFixture>
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 400)]
    public async Task Pages_OfEveryKind_AreAccessibleAndKeepTheirPolicy(ColorScheme colors, int width)
    {
        var (page, complaints) = await console.OpenAsync(colors, width: width);
        await page.GotoAsync("/sign-in");
        await CheckAsync(page);
        await SignInAsync(page);
        await CheckAsync(page);
        await page.GotoAsync($"/runs/{ConsoleSeed.Client}/{console.Seed.FailedRun}");
        await page.Locator("#live[data-state=live]").WaitForAsync();
        await CheckAsync(page);
        Assert.Empty(complaints);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the window.");
    }

    [Fact]
    public async Task SignIn_LinkOfTheStartUp_OpensThePageAndLeavesNoCodeBehind()
    {
        var (page, _) = await console.OpenAsync();
        var requested = new List<string>();
        page.Request += (_, request) => requested.Add(request.Url);
        var code = await console.CodeAsync();

        await page.GotoAsync($"/sign-in#code={code}");
        await page.GetByRole(AriaRole.Heading, new() { Name = "All clients" }).WaitForAsync();

        Assert.Equal(console.Address, new Uri(page.Url));
        Assert.DoesNotContain(requested, url => new Uri(url).PathAndQuery.Contains(code, StringComparison.Ordinal));
        Assert.DoesNotContain(code, await page.ContentAsync(), StringComparison.Ordinal);
        await page.GoBackAsync();
        Assert.DoesNotContain(code, page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_LinkOpenedTwice_SaysThatACodeWorksOnce()
    {
        var link = $"/sign-in#code={await console.CodeAsync()}";
        var (first, _) = await console.OpenAsync();
        await first.GotoAsync(link);
        await first.Locator("#live[data-state=live]").WaitForAsync();

        var (second, _) = await console.OpenAsync();
        await second.GotoAsync(link);

        Assert.Contains("A code works once", await second.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
        await CheckAsync(second);
    }

    [Fact]
    public async Task Page_WithoutScript_WorksAndRefreshesItself()
    {
        var (page, _) = await console.OpenAsync(script: false);
        await page.GotoAsync("/?client=odd");
        await page.FillAsync("textarea", console.OperatorToken);
        await page.ClickAsync("#sign-in button");

        await page.GetByRole(AriaRole.Heading, new() { Name = ConsoleSeed.OddName }).WaitForAsync();
        Assert.EndsWith("/?client=odd", page.Url, StringComparison.Ordinal);
        Assert.Equal(1, await page.Locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").CountAsync());
        await page.ClickAsync("text=Sign out");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
        Assert.DoesNotContain(await page.Context.CookiesAsync(), cookie => cookie.Name == "agency-console");
    }

    [Fact]
    public async Task Page_RunAppears_UpdatesItselfAndKeepsTheFocus()
    {
        var (page, complaints) = await console.OpenAsync();
        await SignInAsync(page);
        await page.EvaluateAsync("window.sameDocument = true");
        var link = page.Locator($"#runs a[href='/runs/{ConsoleSeed.Client}/{console.Seed.FailedRun}']");
        await link.FocusAsync();

        var added = Guid.CreateVersion7();
        await console.Seed.RunAsync(added, "weekly-report", "succeeded", attempt: 1, seconds: 2, summary: "Made just now");
        await page.Locator($"#runs a[href$='{added}']").WaitForAsync();

        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
        Assert.Matches(FailedRun(), await page.EvaluateAsync<string>("document.activeElement.title"));
        Assert.Empty(complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 400)]
    public async Task AuditPage_ShowsEntriesAndTheirVerification(ColorScheme colors, int width)
    {
        await console.Operations.OperatorAsync("pause_work", $$"""{"client":"{{ConsoleSeed.Client}}","reason":"Looked at by the audit page"}""");
        await console.Operations.OperatorAsync("resume_work", $$"""{"client":"{{ConsoleSeed.Client}}"}""");
        var (page, complaints) = await console.OpenAsync(colors, width: width);
        await SignInAsync(page);

        await page.ClickAsync("text=Audit log");
        await page.SelectOptionAsync("#client", ConsoleSeed.Client);
        await page.ClickAsync("text=Verify the chains");

        await page.Locator("#verdict >> text=unbroken").WaitForAsync();
        await page.Locator("#audit summary").First.ClickAsync();
        await page.Locator("#audit details[open] pre").First.WaitForAsync();
        Assert.Contains("resume_work", await page.Locator("#audit").InnerTextAsync(), StringComparison.Ordinal);
        await CheckAsync(page);
        Assert.Empty(complaints);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the window.");
    }

    [Fact]
    public async Task AuditPage_OfABrokenChain_SaysWhere()
    {
        await console.Operations.OperatorAsync("pause_work", """{"reason":"everything"}""");
        await console.Operations.OperatorAsync("resume_work");
        await console.Operations.Database.ExecuteAsync("set session_replication_role = replica; update agency.audit_log set actor = 'nobody' where chain = '*' and seq = 1");
        var (page, _) = await console.OpenAsync();
        await SignInAsync(page);

        await page.GotoAsync("/audit?verify=true");

        await page.Locator("#verdict >> text=All clients: Entry 1 is not what was written").WaitForAsync();
        await CheckAsync(page);
    }

    private async Task SignInAsync(IPage page)
    {
        await page.GotoAsync($"/sign-in#code={await console.CodeAsync()}");
        await page.Locator("#live[data-state=live]").WaitForAsync();
    }

    private static async Task CheckAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.True(result.Violations.Length == 0, string.Join('\n', result.Violations.Select(v => $"{v.Id}: {v.Help}: {string.Join("; ", v.Nodes.Select(n => n.Html))}")));
    }

    [GeneratedRegex("^Run [0-9a-f-]{36}$")]
    private static partial Regex FailedRun();
}
