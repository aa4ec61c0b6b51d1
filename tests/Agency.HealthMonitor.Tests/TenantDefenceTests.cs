using Agency.Testing.Tenancy;

namespace Agency.HealthMonitor.Tests;

/// <summary>
/// Each line of defence against another client holds when those before it have fallen. That the attack would be seen if none were left the other servers'
/// tests show: here every query names the company for which the caller's database was opened, and that is refused for any other.
/// </summary>
public sealed class TenantDefenceTests(HealthServer server) : IClassFixture<HealthServer>
{
    [Theory]
    [InlineData(Defence.QueryFilter | Defence.RowSecurity)]
    [InlineData(Defence.RowSecurity)]
    public async Task EveryTool_WithoutTheFirstLines_TellsAndChangesNothing(Defence remaining) => Assert.Empty(await AttackAsync(remaining));

    [Fact]
    public async Task EveryTool_CalledByARunOfAnotherClient_TellsAndChangesNothing() =>
        Assert.Empty(await AttackAsync(Defence.Credential | Defence.QueryFilter | Defence.RowSecurity, asRun: true));

    private Task<IReadOnlyList<string>> AttackAsync(Defence remaining, bool asRun = false) =>
        WeakenedServer.AttackAsync("health", server.Tokens, remaining, server.StartAsync, asRun);
}
