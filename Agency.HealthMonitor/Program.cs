using Agency.HealthMonitor;
using Agency.HealthMonitor.Alerts;
using Agency.HealthMonitor.Anomalies;
using Agency.HealthMonitor.Forecasts;
using Agency.HealthMonitor.HealthReports;
using Agency.HealthMonitor.Kpis;
using Agency.HealthMonitor.Metrics;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Pricing;
using Agency.ServiceDefaults.Tenancy;
using Agency.Sops;

await Server.Build(args).RunAsync();

namespace Agency.HealthMonitor
{
    internal static class Server
    {
        /// <summary>Built and not started; a test replaces parts of it with <paramref name="configure"/>.</summary>
        public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
        {
            var builder = WebApplication.CreateBuilder(args);
            builder.AddServiceDefaults("health");
            builder.AddAgencyDatabase();
            builder.AddPricing();
            builder.AddAlerts();
            builder.Services.AddScoped<ClientAccess>();
            builder.AddAgencyMcp("health", "Agency health monitor", Instructions.Text)
                .WithAgencyTools<KpiTools>().WithAgencyTools<HealthReportTools>().WithAgencyTools<MetricTools>()
                .WithAgencyTools<AlertTools>().WithAgencyTools<AnomalyTools>().WithAgencyTools<ForecastTools>()
                .WithMarkedText(text => new UntrustedText().Mark("clients and their tools", text));
            configure?.Invoke(builder);
            var app = builder.Build();
            app.MapDefaultEndpoints();
            app.MapAgencyMcp();
            return app;
        }
    }
}
