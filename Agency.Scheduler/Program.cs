using Agency.Scheduler;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Tenancy;

await SchedulerApp.Build(args).RunAsync();

/// <summary>The service, built and not started; tests start it with settings of their own.</summary>
internal static class SchedulerApp
{
    /// <param name="args">The command line.</param>
    /// <param name="configure">Replaces services: it comes after all of the scheduler's own.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults("scheduler");
        builder.AddAgencyDatabase();
        builder.AddScheduler();
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        return app;
    }
}
