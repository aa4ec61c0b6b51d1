using Agency.ServiceDefaults.WakeUps;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.ServiceDefaults.Tests.WakeUps;

public sealed class WakeUpsWithoutRedisTests
{
    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:1,connectTimeout=200")]
    [InlineData("nonsense=,,=")]
    public async Task Service_WithoutUsableRedis_StartsPublishesAndStops(string connection)
    {
        using var tokens = new TestTokens();
        await using var server = await SampleServer.StartAsync(tokens, null, new KeyValuePair<string, string?>("ConnectionStrings:redis", connection));
        var wakeUps = server.Services.GetRequiredService<IWakeUps>();
        var woken = 0;

        using (wakeUps.Subscribe("topic", () => woken++))
        {
            await wakeUps.PublishAsync("topic");
        }

        Assert.Equal(0, woken);
    }
}
