namespace Agency.LocalHosting;

/// <summary>A part of an endpoint's address.</summary>
public enum EndpointProperty
{
    Url,
    Host,
    Port,
    HostAndPort,
}

/// <summary>The address of a resource's endpoint, known once the application starts.</summary>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IValueProvider
{
    public IResourceWithEndpoints Resource { get; } = owner;

    public string EndpointName { get; } = endpointName;

    public string Url => Get(EndpointProperty.Url);

    public int Port => Declaration.AllocatedPort ?? throw NotAllocated();

    private EndpointDeclaration Declaration =>
        ((Resource)Resource).Endpoints.FirstOrDefault(e => e.Name == EndpointName)
        ?? throw new DistributedApplicationException($"Resource '{Resource.Name}' has no endpoint '{EndpointName}'. Declare it with WithHttpEndpoint.");

    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(Url);

    internal string Get(EndpointProperty property) => property switch
    {
        EndpointProperty.Host => Declaration.Host,
        EndpointProperty.Port => Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        EndpointProperty.HostAndPort => $"{Declaration.Host}:{Port}",
        _ => $"http://{Declaration.Host}:{Port}",
    };

    private InvalidOperationException NotAllocated() => new($"The endpoint '{EndpointName}' of '{Resource.Name}' has no port before the application starts.");
}

/// <summary>One property of an endpoint as a value for an expression.</summary>
public sealed class EndpointReferenceExpression(EndpointReference endpoint, EndpointProperty property) : IValueProvider
{
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(endpoint.Get(property));
}
