using Agency.Data;
using Agency.Data.Tenancy;
using Agency.Migrations.Access;
using Microsoft.EntityFrameworkCore;

namespace Agency.Migrations;

/// <summary>Brings a database to the schema, the roles and the access rules of this version. Repeating it changes nothing.</summary>
public static class Migrator
{
    /// <param name="administratorConnectionString">A superuser's, or that of a role that may create roles and owns the database.</param>
    /// <param name="passwords">Password of each login role, by its name.</param>
    /// <param name="cancellationToken">Ends the work; the database stays at the last migration that was complete.</param>
    public static async Task MigrateAsync(
        string administratorConnectionString, IReadOnlyDictionary<string, string> passwords, CancellationToken cancellationToken)
    {
        await using var administrator = DataSources.Build(administratorConnectionString);
        await using (var context = new AgencyDbContext(DataSources.Options(administrator)))
        {
            await context.Database.MigrateAsync(cancellationToken);
        }

        await new AccessApplier(administrator).ApplyAsync(passwords, cancellationToken);
    }
}
