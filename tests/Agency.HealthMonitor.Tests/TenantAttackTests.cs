using Agency.Testing;
using Agency.Testing.Tenancy;

namespace Agency.HealthMonitor.Tests;

public sealed class TenantAttackTests(HealthServer server) : IClassFixture<HealthServer>
{
    [Fact]
    public async Task EveryTool_CalledWithWhatNamesAnotherClientsThings_TellsAndChangesNothing()
    {
        foreach (var client in (string[])["mine", "theirs"])
        {
            await server.Database.AddCompanyAsync(client, $"Name of {client}");
            await server.Database.AddClientRowsAsync(client);
        }

        var attack = new TenantAttack(
            await server.ConnectAsync(server.Tokens.Company("health", "mine")),
            await server.ConnectAsync(server.Tokens.Operator("health")),
            await server.ConnectAsync(server.Tokens.Company("health", "theirs")),
            server.Database);

        var faults = await attack.RunAsync();

        Assert.True(faults.Count == 0, $"{faults.Count} in {attack.Calls} calls:\n{string.Join('\n', faults.Take(50))}");
        Assert.Empty(attack.NotReached);
    }
}
