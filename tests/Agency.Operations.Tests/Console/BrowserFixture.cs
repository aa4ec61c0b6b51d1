using Microsoft.Playwright;

namespace Agency.Operations.Tests.Console;

/// <summary>One Chromium for a test class, the machine's own: nothing is downloaded.</summary>
public sealed class BrowserFixture : ConsoleFixture
{
    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>A page in a profile of its own, with what its console complained of.</summary>
    public async Task<(IPage Page, List<string> Complaints)> OpenAsync(ColorScheme colors = ColorScheme.Light, bool script = true, int width = 1280)
    {
        Assert.SkipWhen(_browser is null, "Needs Chromium: apt-get install chromium");
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Address.ToString(),
            ColorScheme = colors,
            JavaScriptEnabled = script,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        var complaints = new List<string>();
        var page = await context.NewPageAsync();

        // That the first page wants a token is no fault.
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.Contains("401", StringComparison.Ordinal))
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        return (page, complaints);
    }

    public override async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium))
        {
            if (Environment.GetEnvironmentVariable("CI") == "true")
            {
                throw new InvalidOperationException($"{Chromium} is missing: apt-get install chromium");
            }

            return;
        }

        await base.InitializeAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
    }

    public override async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        await base.DisposeAsync();
    }
}
