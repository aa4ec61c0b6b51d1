// The whole agency on one page: every part, and who needs what. What only a run on this machine has (state, ports, supervision) is in LocalRun.
using Agency.AppHost;
using Agency.AppHost.Commands;
using Agency.AppHost.Resources;
using Agency.AppHost.Startup;
using Agency.AppHost.State;

StartupErrors.ShowWithoutStackTrace();
if (ConsoleLinkCommand.IsRequested(args))
{
    await ConsoleLinkCommand.RunAsync();
    return;
}

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
{
    Args = args,
    AllowUnsecuredTransport = true,
    TrustDeveloperCertificate = false,
    DeveloperCertificateDefaultHttpsTerminationEnabled = false,
    DashboardApplicationName = "Agency",
});

bool production = builder.Configuration.IsProduction();
string defaultClient = builder.Configuration["JULES_COMPANY"] ?? "";
if (production && defaultClient.Length > 0)
{
    throw new DistributedApplicationException(
        $"PRODUCTION_MODE=true refuses JULES_COMPANY ('{defaultClient}'): it would silently become the client of every call that names none. " +
        "Unset JULES_COMPANY, or run without PRODUCTION_MODE.");
}

var local = await LocalRun.OpenAsync(builder);

var postgres = builder.AddPostgres("postgres", password: builder.AddSecret(local, "postgres-password")).RunAsEmbeddedOrContainer(local);
var redis = builder.AddRedis("redis", password: builder.AddSecret(local, "redis-password")).RunAsEmbeddedOrContainer(local);
var database = postgres.AddDatabase("agency");
var logins = DatabaseLogins.Add(builder, local, postgres);

// Operations signs the tokens of people and clients, the scheduler those of its runs. Every server knows both public halves.
var operationsKey = SigningKey.Add(builder, local, "operations");
var schedulerKey = SigningKey.Add(builder, local, "scheduler");

// Alone holds the server's own connection string; makes the roles and the tables, then ends.
var migrations = builder.AddProgram<Projects.Agency_Migrations>(local, "migrations")
    .WithReference(database, connectionName: "agency")
    .WaitFor(database)
    .WithIconName("DatabaseArrowUp")
    .WithParentRelationship(postgres);
logins.PassTo(migrations);

var operations = Service<Projects.Agency_Operations>("operations", "TaskListSquareLtr").WithReference(logins["operations_tenant"], connectionName: "tenant")
    .WithEnvironment("Tokens__SigningKey", operationsKey.Private)
    .WithOperatorCommands();
var context = Service<Projects.Agency_CompanyContext>("context", "BookDatabase").WithReference(logins["context_tenant"], connectionName: "tenant");
var health = Service<Projects.Agency_HealthMonitor>("health", "HeartPulse").WithReference(logins["health_tenant"], connectionName: "tenant");
var scheduler = Service<Projects.Agency_Scheduler>("scheduler", "CalendarClock").WithEnvironment("Tokens__SigningKey", schedulerKey.Private)
    .WaitFor(operations).WaitFor(context).WaitFor(health);

// The MCP servers know one another by their public addresses, which are also the audiences of their tokens.
foreach (var service in new[] { operations, context, health, scheduler })
{
    foreach (var mcpServer in new[] { operations, context, health })
    {
        service.WithEnvironment($"Servers__{mcpServer.Resource.Name}", mcpServer.GetEndpoint("http"));
        if (service != mcpServer)
        {
            service.WithReference(mcpServer);
        }
    }
}

operations.WithConsoleLink();
operations.WithMcpLink();
context.WithMcpLink();
health.WithMcpLink();
local?.PassSettings(builder.Configuration, operations, context, scheduler);

await builder.Build().RunAsync();

IResourceBuilder<ProjectResource> Service<TProject>(string name, string icon)
    where TProject : IProjectMetadata, new() =>
    builder.AddProgram<TProject>(local, name)
        .WithOwnHttpEndpoint(local)
        .WithIconName(icon)
        .WithReference(logins[$"{name}_agency"], connectionName: "agency")
        .WithReference(redis)
        .WithEnvironment("Tokens__PublicKeys__operations", operationsKey.Public)
        .WithEnvironment("Tokens__PublicKeys__scheduler", schedulerKey.Public)
        .WithEnvironment("PRODUCTION_MODE", production ? "true" : "false")
        .WithEnvironment("JULES_COMPANY", defaultClient)
        .WaitForCompletion(migrations);
