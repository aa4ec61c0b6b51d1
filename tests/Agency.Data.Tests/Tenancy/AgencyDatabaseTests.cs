using Agency.Data.Tenancy;
using Agency.Data.Workflows;
using Agency.Testing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agency.Data.Tests.Tenancy;

public sealed class AgencyDatabaseTests(AgencyTestDatabase database) : IClassFixture<AgencyTestDatabase>
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task OpenTenant_QueryingWithoutTheFilter_StillSeesItsCompanyAlone()
    {
        var (own, other) = (await database.AddCompanyAsync("rls-own"), await database.AddCompanyAsync("rls-other"));
        await AddWorkflowAsync(own, "w");
        await AddWorkflowAsync(other, "w");

        await using var context = database.As("operations").OpenTenant(own);
        var companies = await context.Workflows.IgnoreQueryFilters().Select(w => w.CompanyId).Distinct().ToListAsync();

        Assert.Equal([own], companies);
    }

    [Fact]
    public async Task OpenAgency_ForOneCompany_FiltersQueries()
    {
        var (own, other) = (await database.AddCompanyAsync("filter-own"), await database.AddCompanyAsync("filter-other"));

        await using var one = database.As("operations").OpenAgency(own);
        await using var all = database.As("operations").OpenAgency();

        Assert.Equal([own], await one.Companies.Select(c => c.CompanyId).ToListAsync());
        Assert.Contains(other, await all.Companies.Select(c => c.CompanyId).ToListAsync());
    }

    [Fact]
    public async Task OpenTenant_WritingForAnotherCompany_IsRefusedByTheDatabase()
    {
        var (own, other) = (await database.AddCompanyAsync("write-own"), await database.AddCompanyAsync("write-other"));
        await using var context = database.As("operations").OpenTenant(own);
        context.Workflows.Add(NewWorkflow(other, "planted"));

        var refusal = await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync());

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, Assert.IsType<PostgresException>(refusal.InnerException).SqlState);
    }

    [Fact]
    public async Task OpenTenant_AfterAnotherTenantUsedTheSamePooledConnection_SeesItsOwn()
    {
        var (own, other) = (await database.AddCompanyAsync("pool-own"), await database.AddCompanyAsync("pool-other"));
        var connectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString("operations_tenant")) { MaxPoolSize = 1 };
        await using var narrow = new AgencyDatabase(database.ConnectionString("operations_agency"), connectionString.ConnectionString);

        foreach (var company in (CompanyId[])[own, other, own])
        {
            await using var context = narrow.OpenTenant(company);
            Assert.Equal([company], await context.Companies.IgnoreQueryFilters().Select(c => c.CompanyId).ToListAsync());
        }
    }

    [Theory]
    [InlineData("No Reset On Close=true", "No Reset On Close")]
    [InlineData("Multiplexing=true", "Multiplexing")]
    public void Build_WithASettingThatLeaksTheTenant_Refuses(string setting, string name)
    {
        var refusal = Assert.Throws<ArgumentException>(() => DataSources.Build($"Host=localhost;{setting}"));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    private async Task AddWorkflowAsync(CompanyId company, string id)
    {
        await using var context = database.As("operations").OpenAgency();
        context.Workflows.Add(NewWorkflow(company, id));
        await context.SaveChangesAsync();
    }

    private static Workflow NewWorkflow(CompanyId company, string id) => new()
    {
        CompanyId = company,
        WorkflowId = new WorkflowId(id),
        Type = "weekly_reporting",
        CreatedAt = Now,
        UpdatedAt = Now,
    };
}
