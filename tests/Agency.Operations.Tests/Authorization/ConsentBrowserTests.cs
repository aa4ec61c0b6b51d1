using Agency.Operations.Tests.Console;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Agency.Operations.Tests.Authorization;

/// <summary>The consent page in a browser, which holds a form to the page's policy even where it is redirected to.</summary>
public sealed class ConsentBrowserTests(BrowserFixture console) : IClassFixture<BrowserFixture>
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 420)]
    public async Task Consent_Allowed_BringsTheBrowserBackToTheClient(ColorScheme colors, int width)
    {
        var (page, complaints) = await console.OpenAsync(colors, width: width);
        await page.RouteAsync("http://127.0.0.1:43215/**", route => route.FulfillAsync(new RouteFulfillOptions { Body = "Back at the client" }));
        using var http = console.Operations.Server.CreateHttpClient();
        var registered = await AuthorizationFixture.RegisterAsync(http, "A client with a name 株式会社");
        await page.GotoAsync($"/sign-in#code={await console.CodeAsync()}");
        await page.Locator("#live[data-state=live]").WaitForAsync();
        await page.GotoAsync(new Pkce(registered, Testing.Mcp.TestTokens.Audience("operations")).Url());
        await page.GetByRole(AriaRole.Heading, new() { Name = "Give" }).WaitForAsync();

        var axe = await page.RunAxe();
        Assert.True(axe.Violations.Length == 0, string.Join('\n', axe.Violations.Select(v => $"{v.Id}: {string.Join("; ", v.Nodes.Select(n => n.Html))}")));

        await page.CheckAsync("input[name=reach][value=agency]");
        await page.ClickAsync("text=Allow");
        await page.WaitForURLAsync("http://127.0.0.1:43215/callback**");

        Assert.Contains("code=", page.Url, StringComparison.Ordinal);
        Assert.Empty(complaints);
    }
}
