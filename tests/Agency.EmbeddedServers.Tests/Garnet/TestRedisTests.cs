using Agency.Testing;

namespace Agency.EmbeddedServers.Tests.Garnet;

public sealed class TestRedisTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Script_WithThePassword_Runs()
    {
        await using var redis = await TestRedis.StartAsync(Ct);

        string answer = await RespClient.EvalAsync(redis.ConnectionString, "redis.call('set', 'k', ARGV[1]); return redis.call('get', 'k')", "local", Ct);

        Assert.StartsWith("+OK\r\n$5\r\nlocal\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_WithAnotherPassword_IsRefused()
    {
        await using var redis = await TestRedis.StartAsync(Ct);

        string answer = await RespClient.EvalAsync(redis.ConnectionString + "x", "return ARGV[1]", "local", Ct);

        Assert.DoesNotContain("local", answer, StringComparison.Ordinal);
    }
}
