using Npgsql;

namespace Agency.LocalHosting;

/// <summary>A project of this repository, run as a process of its own.</summary>
public sealed class ProjectResource(string name, string projectPath)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    internal string ProjectPath { get; } = projectPath;
}

/// <summary>Any other program.</summary>
public sealed class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    internal string Command { get; } = command;

    internal string WorkingDirectory { get; } = workingDirectory;
}

/// <summary>A PostgreSQL server. Its own connection string is the superuser's.</summary>
public sealed class PostgresServerResource : Resource, IResourceWithConnectionString, IResourceWithEndpoints, IResourceWithWaitSupport
{
    internal const string EndpointName = "tcp";

    internal PostgresServerResource(string name, ParameterResource password, int? port)
        : base(name)
    {
        PasswordParameter = password;
        Endpoints.Add(new EndpointDeclaration(EndpointName, port, null) { Host = "127.0.0.1" });
    }

    public ParameterResource PasswordParameter { get; }

    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var endpoint = new EndpointReference(this, EndpointName);
            return ReferenceExpression.Create(
                $"Host={endpoint.Property(EndpointProperty.Host)};Port={endpoint.Property(EndpointProperty.Port)};Username=postgres;Password={PasswordParameter}");
        }
    }

    internal List<PostgresDatabaseResource> Databases { get; } = [];

    /// <summary>A server of the user's own in place of the embedded one.</summary>
    internal string? External { get; set; }

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        External ?? await ConnectionStringExpression.GetValueAsync(cancellationToken);
}

/// <summary>A database on a server; referring to it hands out the superuser's connection string.</summary>
public sealed class PostgresDatabaseResource : Resource, IResourceWithConnectionString, IResourceWithWaitSupport
{
    internal PostgresDatabaseResource(string name, string databaseName, PostgresServerResource parent)
        : base(name)
    {
        (DatabaseName, Parent) = (databaseName, parent);
        Waits.Add(new WaitDeclaration(parent, WaitKind.Healthy));
    }

    public string DatabaseName { get; }

    public PostgresServerResource Parent { get; }

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};Database={DatabaseName}");

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        new NpgsqlConnectionStringBuilder(await Parent.GetValueAsync(cancellationToken)) { Database = DatabaseName }.ConnectionString;
}

/// <summary>A Redis server with a password.</summary>
public sealed class RedisResource : Resource, IResourceWithConnectionString, IResourceWithEndpoints, IResourceWithWaitSupport
{
    internal const string EndpointName = "tcp";

    internal RedisResource(string name, ParameterResource password, int? port)
        : base(name)
    {
        PasswordParameter = password;
        Endpoints.Add(new EndpointDeclaration(EndpointName, port, null) { Host = "127.0.0.1" });
    }

    public ParameterResource PasswordParameter { get; }

    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var endpoint = new EndpointReference(this, EndpointName);
            return ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.HostAndPort)},password={PasswordParameter}");
        }
    }

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);
}

/// <summary>A connection string of AppHost.cs's own making.</summary>
public sealed class ConnectionStringResource(string name, ReferenceExpression expression) : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    public ReferenceExpression ConnectionStringExpression { get; } = expression;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        ConnectionStringExpression.GetValueAsync(cancellationToken);
}

/// <summary>A value from outside: configuration <c>Parameters:{name}</c>, or a default.</summary>
public sealed class ParameterResource : Resource, IValueProvider
{
    private readonly Lazy<string> _value;

    internal ParameterResource(string name, Func<string> value, bool secret)
        : base(name)
    {
        _value = new Lazy<string>(value);
        Secret = secret;
    }

    public bool Secret { get; }

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(_value.Value);
}
