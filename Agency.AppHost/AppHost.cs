// The whole agency on one page: every part, and who needs what. It uses only Aspire's public builder API, so it runs on the local engine
// (the default) and, built with UseAspire=true, on Aspire.
using Agency.AppHost;

var builder = DistributedApplication.CreateBuilder(args);

bool production = string.Equals(builder.Configuration["PRODUCTION_MODE"], "true", StringComparison.OrdinalIgnoreCase);
string defaultClient = builder.Configuration["JULES_COMPANY"] ?? "";
if (production && defaultClient.Length > 0)
{
    Console.Error.WriteLine(
        $"PRODUCTION_MODE=true refuses JULES_COMPANY ('{defaultClient}'): it would silently become the client of every call that names none. " +
        "Unset JULES_COMPANY, or run without PRODUCTION_MODE.");
    Environment.ExitCode = 1;
    return;
}

if (builder.ExecutionContext.IsPublishMode)
    builder.AddKubernetesEnvironment("kubernetes");

var postgres = builder.AddPostgres("postgres").WithDataVolume();
var database = postgres.AddDatabase("agency");
var redis = builder.AddRedis("redis");

// Each service logs in as itself: with the agency role for operators and background work, with the tenant role for one company at a time.
var server = postgres.GetEndpoint("tcp");
string[] logins = ["operations_agency", "operations_tenant", "context_agency", "context_tenant", "health_agency", "health_tenant", "scheduler_agency"];
var passwords = logins.ToDictionary(login => login, login => builder.AddParameter(
    $"{login.Replace('_', '-')}-password", new GenerateParameterDefault { MinLength = 24, Special = false }, secret: true, persist: true));
var connections = logins.ToDictionary(login => login, login => builder.AddConnectionString(
    login.Replace('_', '-'),
    ReferenceExpression.Create(
        $"Host={server.Property(EndpointProperty.Host)};Port={server.Property(EndpointProperty.Port)};Database=agency;Username={login};Password={passwords[login]}")));

// Operations signs the tokens of people and clients, the scheduler those of its runs. Every server knows both public halves.
var operationsKey = SigningKey.Add(builder, "operations");
var schedulerKey = SigningKey.Add(builder, "scheduler");

// Alone holds the server's own connection string; makes the roles and the tables, then ends.
var migrations = builder.AddProject("migrations", "../Agency.Migrations/Agency.Migrations.csproj")
    .WithReference(database, connectionName: "agency")
    .WaitFor(database);
foreach (var (login, password) in passwords)
    migrations.WithEnvironment($"Roles__{login}", password);

var operations = Service("operations", "Agency.Operations", 5101).WithReference(connections["operations_tenant"], connectionName: "tenant")
    .WithEnvironment("Tokens__SigningKey", operationsKey.Private);
var context = Service("context", "Agency.CompanyContext", 5102).WithReference(connections["context_tenant"], connectionName: "tenant");
var health = Service("health", "Agency.HealthMonitor", 5103).WithReference(connections["health_tenant"], connectionName: "tenant");
var scheduler = Service("scheduler", "Agency.Scheduler", 5104).WithEnvironment("Tokens__SigningKey", schedulerKey.Private)
    .WaitFor(operations).WaitFor(context).WaitFor(health);

// The MCP servers know one another by their public addresses, which are also the audiences of their tokens.
foreach (var service in new[] { operations, context, health, scheduler })
{
    foreach (var mcpServer in new[] { operations, context, health })
    {
        service.WithEnvironment($"Servers__{mcpServer.Resource.Name}", mcpServer.GetEndpoint("http"));
        if (service != mcpServer)
            service.WithReference(mcpServer);
    }
}

// Workflows to import at start: the file that is named, else the usual one where there is one.
string? named = builder.Configuration["AGENCY_WORKFLOWS_FILE"];
string workflows = Path.GetFullPath(named ?? Path.Combine(builder.AppHostDirectory, "..", ".agent", "agency_workflows.json"));
if (builder.ExecutionContext.IsRunMode && (named is not null || File.Exists(workflows)))
    operations.WithEnvironment("AGENCY_WORKFLOWS_FILE", workflows);

// Where load_company_context finds the clients' files: one folder for each client.
if (builder.ExecutionContext.IsRunMode)
    context.WithEnvironment("Context__DocumentRoot", Path.GetFullPath(
        builder.Configuration["Context:DocumentRoot"] ?? Path.Combine(builder.AppHostDirectory, "..", "companies")));

// The keys of the clients' secrets, in a folder of their own: operations makes and uses them, the scheduler's gateway uses them. Those of the console in another.
if (builder.ExecutionContext.IsRunMode)
{
    string home = builder.Configuration["AGENCY_HOME"] ?? Path.Combine(builder.AppHostDirectory, "..", ".agency");
    string keys = Path.GetFullPath(builder.Configuration["Secrets:KeyRing"] ?? Path.Combine(home, "keys"));
    operations.WithEnvironment("Secrets__KeyRing", keys);
    scheduler.WithEnvironment("Secrets__KeyRing", keys);
    operations.WithEnvironment("Console__KeyRing", Path.GetFullPath(builder.Configuration["Console:KeyRing"] ?? Path.Combine(home, "console-keys")));
}

builder.Build().Run();

IResourceBuilder<ProjectResource> Service(string name, string project, int port) =>
    builder.AddProject(name, $"../{project}/{project}.csproj")
        .WithHttpEndpoint(port: port)
        .WithExternalHttpEndpoints()
        .WithHttpHealthCheck("/health")
        .WithReference(connections[$"{name}_agency"], connectionName: "agency")
        .WithReference(redis)
        .WithEnvironment("Tokens__PublicKeys__operations", operationsKey.Public)
        .WithEnvironment("Tokens__PublicKeys__scheduler", schedulerKey.Public)
        .WithEnvironment("PRODUCTION_MODE", production ? "true" : "false")
        .WithEnvironment("JULES_COMPANY", defaultClient)
        .WaitFor(redis)
        .WaitForCompletion(migrations);
