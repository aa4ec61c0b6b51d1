using System.Reflection;
using Agency.AppHost.Commands;
using Agency.AppHost.Resources;
using Agency.AppHost.Startup;
using Agency.AppHost.State;
using Agency.AppHost.Supervision;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Agency.AppHost;

/// <summary>What a run on this machine has and a deployment has not: a state folder, ports, built programs, supervision, a summary.</summary>
internal sealed record LocalRun(StateFolder State, LocalPorts Ports, BuildOutput Output)
{
    /// <summary>Settings of the AppHost itself that no service may see: they hold secrets of others.</summary>
    private static readonly string[] Withheld = ["AGENCY_POSTGRES_CONNECTION"];

    /// <summary>True when the AppHost runs as its own program, false in a test.</summary>
    public static bool IsProgram => Assembly.GetEntryAssembly() == typeof(LocalRun).Assembly;

    /// <summary>Opens the state and takes the ports; null in publish mode, where there is nothing local.</summary>
    /// <exception cref="DistributedApplicationException">The state or a port is in use.</exception>
    public static async Task<LocalRun?> OpenAsync(IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode)
            return null;

        var output = BuildOutput.Find(builder.AppHostDirectory);
        string path = Path.GetFullPath(builder.Configuration["AGENCY_HOME"] is { Length: > 0 } home ? home : output.DefaultState);
        Screen.Write($"Starting the agency. Its state: {path}");
        var ports = LocalPorts.Parse(builder.Configuration["AGENCY_PORT_BASE"]);
        var state = StateFolder.Open(path);
        var processes = new LeftOverProcesses(state);
        foreach (string name in await processes.EndAsync())
            Screen.Write($"Ended {name}, left over from an earlier run.");
        ports.EnsureUsable();

        var run = new LocalRun(state, ports, output);
        run.Configure(builder);
        run.AddServices(builder.Services, processes);
        return run;
    }

    /// <summary>Tells the services what is particular to this machine: where files and keys lie, how long a stop may take.</summary>
    public void PassSettings(
        IConfiguration configuration, IResourceBuilder<ProjectResource> operations, IResourceBuilder<ProjectResource> context, IResourceBuilder<ProjectResource> scheduler)
    {
        // Workflows to import at start: the file that is named, else the usual one where there is one.
        string? named = configuration["AGENCY_WORKFLOWS_FILE"];
        string workflows = Path.GetFullPath(named ?? Path.Combine(Output.Root, ".agent", "agency_workflows.json"));
        if (named is not null || File.Exists(workflows))
            operations.WithEnvironment("AGENCY_WORKFLOWS_FILE", workflows);

        // Where load_company_context finds the clients' files: one folder for each client.
        context.WithEnvironment("Context__DocumentRoot", Path.GetFullPath(configuration["Context:DocumentRoot"] ?? Path.Combine(Output.Root, "companies")));

        // Operations makes and uses the keys of clients' secrets, the scheduler's gateway uses them. Those of the console lie in a folder of their own.
        string keys = Path.GetFullPath(configuration["Secrets:KeyRing"] ?? State["keys"]);
        operations.WithEnvironment("Secrets__KeyRing", keys).WithEnvironment("Console__KeyRing", Path.GetFullPath(configuration["Console:KeyRing"] ?? State["console-keys"]));
        scheduler.WithEnvironment("Secrets__KeyRing", keys);
        scheduler.WithEnvironment("Scheduler__ShutdownGrace", configuration["Scheduler:ShutdownGrace"] ?? ServiceShutdown.SchedulerGrace.ToString());
    }

    private void Configure(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = State.LoadParameters().Select(p => KeyValuePair.Create($"Parameters:{p.Key}", p.Value)) });
        configuration["ASPNETCORE_URLS"] = Ports.Url("dashboard");
        configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Ports.Url("otlp-grpc");
        configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = Ports.Url("otlp-http");
        configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = Ports.Url("resource-service");
        configuration["ASPIRE_VERSION_CHECK_DISABLED"] = "true";
        configuration["AppHost:BrowserToken"] = KeptSecret(configuration, "dashboard-token");
        configuration["AppHost:DashboardApiKey"] = KeptSecret(configuration, "dashboard-api-key");
        configuration["DcpPublisher:WaitForResourceCleanup"] = "true";
        configuration["DcpPublisher:RandomizePorts"] = "false"; // In a test too: the ports are ours to choose.
        if (configuration["Logging:LogLevel:Default"] is not { Length: > 0 } || !IsProgram)
            configuration["Logging:LogLevel:Default"] = "Warning";

        if (!IsProgram)
            return;
        foreach (string name in Withheld.Concat(Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(n => n.StartsWith("Parameters__", StringComparison.Ordinal))))
            Environment.SetEnvironmentVariable(name, null); // Read by now; the services would inherit it.
    }

    private void AddServices(IServiceCollection services, LeftOverProcesses processes)
    {
        services.AddSingleton(this);
        services.AddSingleton(_ => State); // By a factory, so that the container disposes of it at the end.
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
        services.AddSingleton<OperatorAccess>();
        services.AddSingleton<ConsoleLinks>();
        services.AddSingleton<StartupSummary>();
        services.AddSingleton<OperationsClient>();
        services.AddSingleton<StartupService>();

        // Before the orchestrator, whose start lasts until everything runs.
        StartFirst(services, provider =>
        {
            processes.Notifications = provider.GetRequiredService<ResourceNotificationService>();
            return processes;
        });
        StartFirst(services, provider => ActivatorUtilities.CreateInstance<ResourceLogPrinter>(provider));
        StartFirst(services, provider => ActivatorUtilities.CreateInstance<Supervisor>(provider));
        StartFirst(services, provider => ActivatorUtilities.CreateInstance<OrchestratorWatch>(provider));
        StartFirst(services, provider => provider.GetRequiredService<StartupService>());

        // The last to start is the first to stop.
        services.AddHostedService<ServiceShutdown>();
    }

    private static void StartFirst(IServiceCollection services, Func<IServiceProvider, IHostedService> create) =>
        services.Insert(0, ServiceDescriptor.Singleton(create));

    private string KeptSecret(ConfigurationManager configuration, string name)
    {
        if (configuration[$"Parameters:{name}"] is { Length: > 0 } kept)
            return kept;
        string made = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        State.SaveParameter(name, made);
        return made;
    }
}
