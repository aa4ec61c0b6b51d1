using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Tenancy;
using Agency.Testing;

namespace Agency.ServiceDefaults.Tests.Tenancy;

public sealed class LoginCheckTests(AgencyTestDatabase database) : IClassFixture<AgencyTestDatabase>
{
    [Fact]
    public async Task StartingAsync_WithTheServicesLogins_Passes() =>
        await new LoginCheck(database.As("operations")).StartingAsync(CancellationToken.None);

    [Fact]
    public async Task StartingAsync_WithASuperuser_RefusesAndNamesIt()
    {
        await using var powerful = new AgencyDatabase(database.AdminConnectionString, null);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => new LoginCheck(powerful).StartingAsync(CancellationToken.None));

        Assert.Contains("'postgres' is a superuser", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bypassrls", "has BYPASSRLS")]
    [InlineData("in role agency_owner", "owns the tables")]
    public async Task StartingAsync_WithALoginThatRowSecurityDoesNotBind_Refuses(string power, string words)
    {
        var login = $"strong_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"create role {login} login password '{AgencyTestDatabase.Password}' {power}");
        try
        {
            await using var tenant = new AgencyDatabase(database.ConnectionString("operations_agency"), database.ConnectionString(login));

            var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => new LoginCheck(tenant).StartingAsync(CancellationToken.None));

            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            await database.ExecuteAsync($"drop role {login}");
        }
    }
}
