using Agency.Operations.Tests.Clients;
using Agency.Testing.Tenancy;

namespace Agency.Operations.Tests;

public sealed class TenantAttackTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Fact]
    public async Task EveryTool_CalledWithWhatNamesAnotherClientsThings_TellsAndChangesNothing()
    {
        await ClientSeed.AddAsync(operations, "mine");
        await ClientSeed.AddAsync(operations, "theirs");
        var attack = new TenantAttack(
            await operations.Server.ConnectAsync(operations.Tokens.Company("operations", "mine")),
            await operations.Server.ConnectAsync(operations.Tokens.Operator("operations")),
            await operations.Server.ConnectAsync(operations.Tokens.Company("operations", "theirs")),
            operations.Database);

        var faults = await attack.RunAsync();

        Assert.True(faults.Count == 0, $"{faults.Count} in {attack.Calls} calls:\n{string.Join('\n', faults.Take(50))}");

        // Their argument has to be right as a whole, a file and a list of days: TenantIsolationTests gives them what names another's.
        Assert.Equal(["import_workflows", "set_excluded_dates"], attack.NotReached.Order());
    }
}
