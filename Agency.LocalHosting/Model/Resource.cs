namespace Agency.LocalHosting;

/// <summary>A named resource and what AppHost.cs declared about it.</summary>
public abstract class Resource(string name) : IResource
{
    public string Name { get; } = name;

    internal List<EndpointDeclaration> Endpoints { get; } = [];

    internal List<Func<EnvironmentCallbackContext, Task>> Environment { get; } = [];

    internal List<string> Arguments { get; } = [];

    internal List<WaitDeclaration> Waits { get; } = [];

    internal HealthDeclaration? Health { get; set; }

    internal int Replicas { get; set; } = 1;
}

/// <summary>One network endpoint. The port is the declared one, or is chosen when the application starts.</summary>
internal sealed class EndpointDeclaration(string name, int? port, string? environmentVariable)
{
    public string Name { get; } = name;

    public int? DeclaredPort { get; set; } = port;

    public string? EnvironmentVariable { get; } = environmentVariable;

    public string Host { get; set; } = "localhost";

    public int? AllocatedPort { get; set; }

    public List<Action<ResourceUrlAnnotation>> UrlCallbacks { get; } = [];
}

internal enum WaitKind
{
    Healthy,
    Started,
    Completed,
}

internal sealed record WaitDeclaration(IResource Dependency, WaitKind Kind, int ExitCode = 0);

internal sealed record HealthDeclaration(string Path, int StatusCode, string EndpointName);

/// <summary>How an endpoint's address is shown to people.</summary>
public sealed class ResourceUrlAnnotation
{
    public required string Url { get; set; }

    public string? DisplayText { get; set; }
}

/// <summary>What a callback of <c>WithEnvironment</c> may add to: values are strings or <see cref="IValueProvider"/>s.</summary>
public sealed class EnvironmentCallbackContext(DistributedApplicationExecutionContext executionContext)
{
    public Dictionary<string, object> EnvironmentVariables { get; } = [];

    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;
}

/// <summary>Whether the application is run or its deployment is written. The local engine only ever runs.</summary>
public sealed class DistributedApplicationExecutionContext
{
    public bool IsPublishMode { get; init; }

    public bool IsRunMode => !IsPublishMode;
}
