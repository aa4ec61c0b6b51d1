using System.Reflection;
using Agency.Data;
using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Agency.Testing.Tenancy;

/// <summary>What stands between one client's caller and another's rows.</summary>
[Flags]
public enum Defence
{
    /// <summary>The company is the credential's, whatever an argument names.</summary>
    Credential = 1,

    /// <summary>Every query asks for one company's rows.</summary>
    QueryFilter = 2,

    /// <summary>The database shows a tenant's login one company's rows.</summary>
    RowSecurity = 4,
}

/// <summary>Takes lines of defence away from a server, to see whether the next one holds.</summary>
public static class Defences
{
    /// <summary>The company that a caller names is believed.</summary>
    public static void RemoveCredential(this IServiceCollection services) => services.Replace(ServiceDescriptor.Scoped(provider => new CompanyScope(
        new BelievedCaller(provider.GetRequiredService<ICallerAccessor>()), provider.GetRequiredService<AgencyMode>(), provider.GetRequiredService<ILogger<CompanyScope>>())));

    /// <summary>Queries ask for the rows of all companies.</summary>
    public static void RemoveQueryFilter(this AgencyDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        foreach (var field in typeof(AgencyDatabase).GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Where(f => f.FieldType == typeof(DbContextOptions<AgencyDbContext>)))
        {
            var options = (DbContextOptions<AgencyDbContext>)field.GetValue(database)!;
            field.SetValue(database, new DbContextOptionsBuilder<AgencyDbContext>(options).ReplaceService<IModelCustomizer, WithoutFilters>().Options);
        }
    }

    /// <summary>Switches the database's own check for all tables off or on.</summary>
    public static Task SetRowSecurityAsync(this AgencyTestDatabase database, bool on)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.ExecuteAsync($"""
            do $$
            declare t regclass;
            begin
                for t in select c.oid::regclass from pg_class c where c.relnamespace = 'agency'::regnamespace and c.relkind = 'r' loop
                    execute format('alter table %s {(on ? "enable" : "disable")} row level security', t);
                end loop;
            end $$
            """);
    }

    private sealed class BelievedCaller(ICallerAccessor callers) : ICallerAccessor
    {
        public Caller? Current => callers.Current is { } caller ? caller with { Company = null } : null;
    }

    private sealed class WithoutFilters(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
    {
        public override void Customize(ModelBuilder modelBuilder, DbContext context)
        {
            base.Customize(modelBuilder, context);
            foreach (var entity in modelBuilder.Model.GetEntityTypes())
            {
                entity.SetQueryFilter(null);
            }
        }
    }
}
