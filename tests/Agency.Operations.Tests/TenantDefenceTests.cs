using Agency.Testing.Tenancy;

namespace Agency.Operations.Tests;

/// <summary>Each line of defence against another client holds when those before it have fallen; without any the attack would be seen.</summary>
public sealed class TenantDefenceTests(OperationsFixture server) : IClassFixture<OperationsFixture>
{
    [Theory]
    [InlineData(Defence.QueryFilter | Defence.RowSecurity)]
    [InlineData(Defence.RowSecurity)]
    public async Task EveryTool_WithoutTheFirstLines_TellsAndChangesNothing(Defence remaining) => Assert.Empty(await AttackAsync(remaining));

    [Fact]
    public async Task SomeTool_WithoutAnyLine_TellsOrChangesSomething() => Assert.NotEmpty(await AttackAsync(default));

    [Fact]
    public async Task EveryTool_CalledByARunOfAnotherClient_TellsAndChangesNothing() =>
        Assert.Empty(await AttackAsync(Defence.Credential | Defence.QueryFilter | Defence.RowSecurity, asRun: true));

    private Task<IReadOnlyList<string>> AttackAsync(Defence remaining, bool asRun = false) =>
        WeakenedServer.AttackAsync("operations", server.Tokens, remaining, (database, configure) => server.StartServerAsync(configure, database), asRun);
}
