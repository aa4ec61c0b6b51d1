using Agency.Data.Auditing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agency.Data.Tenancy;

/// <summary>How every connection to the database is made.</summary>
public static class DataSources
{
    /// <exception cref="ArgumentException">The string asks for pooling without reset, or for multiplexing: both leak the tenant.</exception>
    public static NpgsqlDataSource Build(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        if (builder.ConnectionStringBuilder.NoResetOnClose)
        {
            throw new ArgumentException("'No Reset On Close' lets one tenant's setting reach the next user of a pooled connection: remove it.");
        }

        if (builder.ConnectionStringBuilder.Multiplexing)
        {
            throw new ArgumentException("'Multiplexing' mixes tenants on one connection: remove it.");
        }

        builder.ConnectionStringBuilder.SearchPath = AgencyDbContext.Schema;
        builder.ConnectionStringBuilder.MaxAutoPrepare = 100;
        builder.ConnectionStringBuilder.Timezone = "UTC";
        return builder.Build();
    }

    public static DbContextOptions<AgencyDbContext> Options(NpgsqlDataSource dataSource) =>
        new DbContextOptionsBuilder<AgencyDbContext>()
            .UseNpgsql(dataSource, npgsql => npgsql
                .MigrationsAssembly("Agency.Migrations")
                .MigrationsHistoryTable("schema_history", AgencyDbContext.Schema))
            .UseSnakeCaseNamingConvention()
            .AddInterceptors(AuditInterceptor.Instance)
            .Options;
}
