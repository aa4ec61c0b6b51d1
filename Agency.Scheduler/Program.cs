using Agency.Scheduler;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Tenancy;

await SchedulerApp.Build(args).RunAsync();

/// <summary>The service, built and not started; tests start it with settings of their own.</summary>
internal static class SchedulerApp
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults("scheduler");
        builder.AddAgencyDatabase();
        builder.AddScheduler();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        return app;
    }
}
