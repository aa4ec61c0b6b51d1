using Agency.Operations.Audit;
using Agency.Operations.Authorization;
using Agency.Operations.Calendars;
using Agency.Operations.Clients;
using Agency.Operations.Connectors;
using Agency.Operations.Console;
using Agency.Operations.Console.Access;
using Agency.Operations.Demo;
using Agency.Operations.Escalations;
using Agency.Operations.Findings;
using Agency.Operations.Holds;
using Agency.Operations.Import;
using Agency.Operations.Notifications;
using Agency.Operations.Registry;
using Agency.Operations.Reports;
using Agency.Operations.Runs;
using Agency.Operations.Secrets;
using Agency.Operations.Tokens;
using Agency.ServiceDefaults.Clock;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Secrets;
using Agency.ServiceDefaults.Tenancy;
using Agency.Sops;

namespace Agency.Operations;

/// <summary>The server and its features.</summary>
internal static class Server
{
    /// <summary>Built and not started; a test replaces parts of it with <paramref name="configure"/>.</summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults("operations");
        builder.AddAgencyDatabase();
        builder.AddCompanySecrets(makesKeys: true);

        // What it writes (pauses, requests, schedules) the schedulers compare with their clock, which is the database's.
        builder.Services.AddDatabaseClock();
        builder.AddAgencyMcp("operations", "Agency operations", Instructions.Text)
            .AddRegistry()
            .AddRuns()
            .AddHolds()
            .AddCalendars()
            .AddFindings()
            .AddImport()
            .AddEscalations()
            .AddNotifications()
            .AddSecrets()
            .AddConnectors()
            .AddTokens(builder)
            .AddReports()
            .AddAudit()
            .AddClients()
            .WithMarkedText(text => new UntrustedText().Mark("clients and their tools", text));
        builder.AddConsole();
        builder.AddAuthorizationServer();
        builder.AddDemo();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UsePublicScheme();
        app.MapDefaultEndpoints();
        app.MapAgencyMcp();
        app.MapTokenKeys();
        app.MapReports();
        app.MapClients();
        app.MapConsole();
        app.MapAuthorizationServer();
        return app;
    }
}
