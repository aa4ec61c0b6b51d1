namespace Agency.LocalHosting;

/// <summary>What can be said about any resource: environment, endpoints, health, references, order.</summary>
public static class ResourceBuilderExtensions
{
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment => builder.Set(name, value ?? "");

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, Func<string> callback)
        where T : IResourceWithEnvironment => builder.WithEnvironment(context => context.EnvironmentVariables[name] = callback());

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : IResourceWithEnvironment => builder.Set(name, parameter.Resource);

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, EndpointReference endpointReference)
        where T : IResourceWithEnvironment => builder.Set(name, endpointReference);

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, ReferenceExpression value)
        where T : IResourceWithEnvironment => builder.Set(name, value);

    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, Action<EnvironmentCallbackContext> callback)
        where T : IResourceWithEnvironment
    {
        Of(builder).Environment.Add(context =>
        {
            callback(context);
            return Task.CompletedTask;
        });
        return builder;
    }

    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : IResourceWithArgs
    {
        Of(builder).Arguments.AddRange(args);
        return builder;
    }

    /// <summary>Hands over the connection string as <c>ConnectionStrings__{name}</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        Of(builder).Environment.Add(async context =>
        {
            string? value = await source.Resource.GetValueAsync();
            if (!string.IsNullOrEmpty(value))
                context.EnvironmentVariables[$"ConnectionStrings__{connectionName ?? source.Resource.Name}"] = value;
            else if (!optional)
                throw new DistributedApplicationException($"The connection string '{source.Resource.Name}' is empty.");
        });
        return builder;
    }

    /// <summary>Hands over a service's addresses for service discovery: <c>services__{name}__http__0</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment =>
        builder.WithEnvironment(context =>
        {
            string name = source.Resource.Name;
            foreach (var endpoint in ((Resource)source.Resource).Endpoints)
            {
                string url = new EndpointReference(source.Resource, endpoint.Name).Url;
                context.EnvironmentVariables[$"services__{name}__{endpoint.Name}__0"] = url;
                context.EnvironmentVariables[$"{name.ToUpperInvariant().Replace('-', '_')}_{endpoint.Name.ToUpperInvariant()}"] = url;
            }
        });

    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool isProxied = true)
        where T : IResourceWithEndpoints
    {
        // There is no proxy in between: what is declared is what the process listens on.
        Of(builder).Endpoints.Add(new EndpointDeclaration(name ?? "http", isProxied ? port : targetPort ?? port, env));
        return builder;
    }

    /// <summary>Everything is local here: the declaration matters where the application is deployed.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints => builder;

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints => new(builder.Resource, name);

    public static IResourceBuilder<T> WithUrlForEndpoint<T>(this IResourceBuilder<T> builder, string endpointName, Action<ResourceUrlAnnotation> callback)
        where T : IResourceWithEndpoints
    {
        Of(builder).Endpoints.Single(e => e.Name == endpointName).UrlCallbacks.Add(callback);
        return builder;
    }

    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        Of(builder).Health = new HealthDeclaration(path ?? "/", statusCode ?? 200, endpointName ?? "http");
        return builder;
    }

    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.Wait(new(dependency.Resource, WaitKind.Healthy));

    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.Wait(new(dependency.Resource, WaitKind.Started));

    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport => builder.Wait(new(dependency.Resource, WaitKind.Completed, exitCode));

    internal static Resource Of<T>(IResourceBuilder<T> builder)
        where T : IResource => (Resource)(object)builder.Resource;

    private static IResourceBuilder<T> Set<T>(this IResourceBuilder<T> builder, string name, object value)
        where T : IResource
    {
        Of(builder).Environment.Add(context =>
        {
            context.EnvironmentVariables[name] = value;
            return Task.CompletedTask;
        });
        return builder;
    }

    private static IResourceBuilder<T> Wait<T>(this IResourceBuilder<T> builder, WaitDeclaration wait)
        where T : IResource
    {
        Of(builder).Waits.Add(wait);
        return builder;
    }
}
