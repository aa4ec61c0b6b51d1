using Agency.Data;
using Agency.Data.Tenancy;
using Agency.Testing;
using Microsoft.EntityFrameworkCore;

namespace Agency.Migrations.Tests;

public sealed class MigratorTests(AgencyTestDatabase database) : IClassFixture<AgencyTestDatabase>
{
    [Fact]
    public void Migrations_ComparedWithTheModel_LackNothing()
    {
        using var dataSource = DataSources.Build(database.AdminConnectionString);
        using var context = new AgencyDbContext(DataSources.Options(dataSource));

        Assert.False(context.Database.HasPendingModelChanges(), "The model has changed: add a migration, as DesignTimeContextFactory says.");
    }

    [Fact]
    public async Task MigrateAsync_WithoutALoginsPassword_NamesTheSetting()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Migrator.MigrateAsync(database.AdminConnectionString, new Dictionary<string, string>(), CancellationToken.None));

        Assert.Contains("set Roles:operations_agency", error.Message, StringComparison.Ordinal);
    }
}
