using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Gateway;
using Agency.Scheduler.Planning;
using Agency.Scheduler.Sandboxing;
using Agency.Scheduler.Settling;
using Agency.Scheduler.Sops;
using Agency.Scheduler.Watching;
using Agency.Scheduler.Workers;
using Agency.ServiceDefaults.Clock;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Secrets;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace Agency.Scheduler;

internal static class SchedulerServices
{
    /// <summary>Time for killing workers and writing that their runs are handed back, after the grace period.</summary>
    private static readonly TimeSpan TimeToHandBack = TimeSpan.FromSeconds(3);

    public static WebApplicationBuilder AddScheduler(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<SchedulerOptions>().BindConfiguration(SchedulerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<HostOptions>().Configure<IOptions<SchedulerOptions>>(
            (host, scheduler) => host.ShutdownTimeout = scheduler.Value.ShutdownGrace + TimeToHandBack);
        services.AddDatabaseClock();
        builder.AddTokenIssuer();
        builder.AddCompanySecrets(makesKeys: false);
        services.AddSingleton<SchedulerIdentity>();
        services.AddSingleton<SchedulerTelemetry>();

        services.AddSingleton<Planner>();
        services.AddSingleton<Settler>();
        services.AddSingleton<OutcomeWriter>();
        services.AddSingleton<Claimer>();
        services.AddSingleton<Leases>();
        services.AddSingleton<LeaseRecovery>();
        services.AddSingleton<Cancellation>();
        services.AddSingleton<RunQueueSignal>();
        services.AddSingleton<Watchdog>();
        services.AddSingleton<IRunExecutor, RunExecutor>();
        services.AddWorkers();
        services.AddGateway();

        // Stopped in the reverse order: no planning and no claiming any more, then the leases of the runs that finish are looked after no longer.
        services.AddHostedService(provider => provider.GetRequiredService<WorkerPool>());
        services.AddHostedService<LeaseService>();
        services.AddHostedService<Dispatcher>();
        services.AddHostedService<PlannerService>();
        services.AddHostedService<WatchdogService>();
        return builder;
    }

    private static void AddWorkers(this IServiceCollection services)
    {
        services.AddSingleton(provider => WorkerCommand.For(
            WorkerBuild.Find(provider.GetRequiredService<IConfiguration>()[WorkerBuild.PathVariable], AppContext.BaseDirectory),
            provider.GetRequiredService<IOptions<SchedulerOptions>>().Value.WorkerHeapMegabytes));
        services.AddSingleton(provider => new WorkFolder(
            provider.GetRequiredService<IOptions<SchedulerOptions>>().Value.WorkFolder, provider.GetRequiredService<ILogger<WorkFolder>>()));
        services.AddOptions<SandboxOptions>().BindConfiguration(SandboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<SandboxOptions>, SandboxOptionsValidator>();
        services.AddSingleton<SandboxLadder>();
        services.AddSingleton<WorkerStarter>();
        services.AddSingleton<WorkerPool>();
        services.AddSingleton<JournalWriter>();
        services.AddHealthChecks().AddCheck<WorkerHealthCheck>("worker");
    }

    private static void AddGateway(this IServiceCollection services)
    {
        services.AddSingleton<RunGrants>();
        services.AddSingleton<CallGate>();
        services.AddSingleton<ConnectorDirectory>();
        services.AddSingleton<ConnectorClient>();
        services.AddSingleton<ConnectorForwarder>();
        services.AddSingleton<GatewayForwarder>();
        services.AddSingleton<GatewayServer>();
        services.AddTransient<HeldRunHandler>();
        services.AddSingleton<ISopSource, McpSopSource>();
        services.AddHttpClient(McpSopSource.ClientName, client => client.MaxResponseContentBufferSize = McpSopSource.MaxAnswerBytes);

#pragma warning disable EXTEXP0001 // There is no other way to leave a default handler out.

        // The house's standard pipeline would end a step's call by its own time-outs and repeat what must not be repeated.
        var gateway = services.AddHttpClient(GatewayForwarder.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan).RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        gateway.AddResilienceHandler("gateway", pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = 3,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(GatewayRetry.ShouldRetry(arguments.Outcome, arguments.Context.GetRequestMessage())),
        }));
        gateway.AddHttpMessageHandler<HeldRunHandler>();
    }
}
