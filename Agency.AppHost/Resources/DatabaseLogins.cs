using Agency.AppHost.State;

namespace Agency.AppHost.Resources;

/// <summary>
/// The database logins of the services. Each service has its own: one with the agency role for operators and background work, and where it
/// serves single companies one with the tenant role.
/// </summary>
internal sealed class DatabaseLogins
{
    private static readonly string[] Names =
        ["operations_agency", "operations_tenant", "context_agency", "context_tenant", "health_agency", "health_tenant", "scheduler_agency"];

    private readonly Dictionary<string, IResourceBuilder<ParameterResource>> _passwords;
    private readonly Dictionary<string, IResourceBuilder<ConnectionStringResource>> _connections;

    private DatabaseLogins(Dictionary<string, IResourceBuilder<ParameterResource>> passwords, Dictionary<string, IResourceBuilder<ConnectionStringResource>> connections) =>
        (_passwords, _connections) = (passwords, connections);

    public static DatabaseLogins Add(IDistributedApplicationBuilder builder, LocalRun? local, IResourceBuilder<PostgresServerResource> postgres)
    {
        var server = postgres.GetEndpoint("tcp");
        var passwords = Names.ToDictionary(login => login, login => builder.AddSecret(local, $"{login.Replace('_', '-')}-password"));
        var connections = Names.ToDictionary(login => login, login => builder.AddConnectionString(
            login.Replace('_', '-'),
            ReferenceExpression.Create(
                $"Host={server.Property(EndpointProperty.Host)};Port={server.Property(EndpointProperty.Port)};Database=agency;Username={login};Password={passwords[login]}"))
            .WithHidden());
        return new DatabaseLogins(passwords, connections);
    }

    /// <summary>The connection string of a login.</summary>
    public IResourceBuilder<ConnectionStringResource> this[string login] => _connections[login];

    /// <summary>Hands all passwords to the program that makes the roles.</summary>
    public void PassTo(IResourceBuilder<ProjectResource> migrations)
    {
        foreach (var (login, password) in _passwords)
            migrations.WithEnvironment($"Roles__{login}", password);
    }
}
