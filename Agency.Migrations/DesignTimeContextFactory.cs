using Agency.Data;
using Agency.Data.Tenancy;
using Microsoft.EntityFrameworkCore.Design;

namespace Agency.Migrations;

/// <summary>Lets <c>dotnet ef migrations add NAME --project Agency.Migrations -o Schema</c> build the model; no database is opened.</summary>
internal sealed class DesignTimeContextFactory : IDesignTimeDbContextFactory<AgencyDbContext>
{
    public AgencyDbContext CreateDbContext(string[] args) => new(DataSources.Options(DataSources.Build("Host=localhost;Database=agency")));
}
