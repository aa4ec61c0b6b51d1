using Agency.Benchmarks.Measuring;
using Agency.Scheduler.Workers;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agency.Benchmarks.AgencyParts;

/// <summary>Starts the real services in this process over a benchmark's database.</summary>
internal static class AgencyService
{
    /// <summary>Runs at once in the sections whose executor does nothing: enough to claim some while others are settled.</summary>
    public const int Workers = 1000;

    private const int Connections = 20;

    public static string WorkerFolder => Path.Combine(AppContext.BaseDirectory, "worker");

    /// <summary>A scheduler whose executor does nothing and that starts no processes.</summary>
    public static Task<RunningServer> StartIdleSchedulerAsync(BenchmarkDatabase database, TestTokens tokens, Action<IServiceCollection>? configure = null) =>
        StartSchedulerAsync(
            database,
            tokens,
            new Dictionary<string, string?> { ["Scheduler:Workers"] = $"{Workers}", ["Scheduler:Prewarmed"] = "0" },
            services =>
            {
                services.Replace(ServiceDescriptor.Singleton<IRunExecutor, NoOpExecutor>());
                configure?.Invoke(services);
            });

    public static Task<RunningServer> StartSchedulerAsync(
        BenchmarkDatabase database, TestTokens tokens, IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? configure = null) =>
        RunningServer.StartAsync(
            args => SchedulerApp.Build(args, configure),
            tokens.Settings,
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:agency"] = database.Login("scheduler_agency", AgencySchema.Password, Connections),
                ["Tokens:SigningKey"] = tokens.SchedulerSigningKey,
                ["AGENCY_WORKER_PATH"] = WorkerFolder,
            },
            settings);

    /// <param name="database">Its database.</param>
    /// <param name="tokens">Its keys.</param>
    /// <param name="redis">Connection string; empty is none.</param>
    public static Task<RunningServer> StartOperationsAsync(BenchmarkDatabase database, TestTokens tokens, string redis) =>
        RunningServer.StartAsync(
            args => Operations.Server.Build(args),
            tokens.Settings,
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:agency"] = database.Login("operations_agency", AgencySchema.Password, Connections),
                ["ConnectionStrings:tenant"] = database.Login("operations_tenant", AgencySchema.Password, Connections),
                ["ConnectionStrings:redis"] = redis,
                ["Tokens:SigningKey"] = tokens.OperationsSigningKey,
                ["AGENCY_WORKFLOWS_FILE"] = "",
            });
}
