using Agency.Testing.Mcp;
using Microsoft.Extensions.Options;

namespace Agency.HealthMonitor.Tests;

public sealed class StartTests
{
    [Theory]
    [InlineData("Pricing:Currency", "Euro")]
    [InlineData("Pricing:PerRunSecond", "-1")]
    [InlineData("Alerts:CheckSeconds", "0")]
    public async Task Start_WithBadSetting_RefusesAndNamesIt(string key, string value)
    {
        using var tokens = new TestTokens();
        Dictionary<string, string?> settings = new() { ["ConnectionStrings:agency"] = "Host=127.0.0.1;Port=1;Username=x", [key] = value };

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningServer.StartAsync(args => Server.Build(args), tokens.Settings, settings));

        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
    }
}
