using Agency.Operations;
using Agency.Operations.Registry;
using Agency.Operations.Runs;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;

await Server.Build(args).RunAsync();
return 0;

namespace Agency.Operations
{
    internal static class Server
    {
        /// <summary>The server, built and not started; a test replaces parts of it with <paramref name="configure"/>.</summary>
        public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
        {
            var builder = WebApplication.CreateBuilder(args);
            builder.AddServiceDefaults("operations");
            builder.AddAgencyDatabase();
            builder.AddAgencyMcp("operations", "Agency operations", Instructions.Text)
                .AddRegistry()
                .AddRuns();
            configure?.Invoke(builder);

            var app = builder.Build();
            app.MapDefaultEndpoints();
            app.MapAgencyMcp();
            return app;
        }
    }
}
