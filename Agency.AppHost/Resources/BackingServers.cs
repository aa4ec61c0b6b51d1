using Microsoft.Extensions.Configuration;

namespace Agency.AppHost.Resources;

/// <summary>PostgreSQL and Redis: embedded, or with <c>AGENCY_CONTAINERS=true</c> containers that keep their data in volumes.</summary>
internal static class BackingServers
{
    /// <summary>A volume holds the data of one major version; a newer one cannot read it.</summary>
    public const string PostgresImageTag = "17.6";

    public static IResourceBuilder<PostgresServerResource> RunAsEmbeddedOrContainer(this IResourceBuilder<PostgresServerResource> postgres, LocalRun? local)
    {
        var configuration = postgres.ApplicationBuilder.Configuration;
        if (local is null || UsesContainers(configuration))
            return postgres.WithImageTag(PostgresImageTag).WithDataVolume();
        return postgres.RunAsEmbedded(options =>
        {
            options.Folder = local.State["postgres"];
            options.ConnectionString = configuration["AGENCY_POSTGRES_CONNECTION"];
            options.DeleteDataAtEnd = configuration.GetValue<bool>("Postgres:DeleteDataAtEnd");
            options.Settings["max_connections"] = "200";
            foreach (var setting in configuration.GetSection("Postgres:Settings").GetChildren())
                options.Settings[setting.Key] = setting.Value ?? "";
        });
    }

    public static IResourceBuilder<RedisResource> RunAsEmbeddedOrContainer(this IResourceBuilder<RedisResource> redis, LocalRun? local)
    {
        if (local is null || UsesContainers(redis.ApplicationBuilder.Configuration))
            return redis.WithDataVolume();
        return redis.RunAsEmbedded(options =>
        {
            options.Folder = local.State["redis"];
            options.Program = local.Output.Assembly("Agency.Garnet");
        });
    }

    private static bool UsesContainers(IConfiguration configuration) => configuration.GetValue<bool>("AGENCY_CONTAINERS");
}
