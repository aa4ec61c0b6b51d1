using Agency.Testing;
using Agency.Testing.Tenancy;

namespace Agency.CompanyContext.Tests;

public sealed class TenantAttackTests(ContextFixture server) : IClassFixture<ContextFixture>
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
            await server.ConnectAsync(server.Company("mine")),
            await server.ConnectAsync(server.Operator()),
            await server.ConnectAsync(server.Company("theirs")),
            server.Database);

        var faults = await attack.RunAsync();

        Assert.True(faults.Count == 0, $"{faults.Count} in {attack.Calls} calls:\n{string.Join('\n', faults.Take(50))}");
        Assert.Empty(attack.NotReached);
    }
}
