using System.Text.Encodings.Web;
using System.Text.Unicode;
using Agency.Operations.Console.Access;
using Agency.Operations.Console.Data;
using Agency.Operations.Console.Live;
using Agency.Operations.Reports.Downloads;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Limits;

namespace Agency.Operations.Console;

internal static class ConsoleExtensions
{
    /// <summary>The web page on which people watch the agency.</summary>
    public static WebApplicationBuilder AddConsole(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddRazorComponents();

        // Names in any script stay readable; what means something to HTML is encoded all the same.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        builder.AddConsoleKeys();
        services.AddConsoleAccess();
        services.AddScoped<ConsoleReader>();
        services.AddScoped<ConsoleAudit>();
        services.AddScoped<ConsoleEvents>();
        services.AddSingleton<ConsoleFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<ConsoleFeed>());
        return builder;
    }

    /// <summary>
    /// <c>GET /</c>, <c>/runs/{company}/{run}</c>, <c>/audit</c>, <c>/events</c> and <c>/console/reports/{company}/{report}.pdf</c> for whoever is signed in; <c>/sign-in</c>,
    /// <c>/sign-out</c> and the page's own files for all.
    /// </summary>
    public static WebApplication MapConsole(this WebApplication app)
    {
        var all = app.MapGroup("").AddEndpointFilter((context, next) =>
        {
            ConsoleHeaders.Apply(context.HttpContext.Response);
            return next(context);
        });
        var open = all.MapGroup("").AllowAnonymous();
        open.MapGet("/console/{file}", ConsoleAssets.Get);
        open.MapGet("/sign-in", SignIn.Get);
        open.MapPost("/sign-in", SignIn.PostAsync).AddEndpointFilter<OwnForm>().WithStrictLimit("sign-in", 10).WithMaxBody(64 * 1024);

        var own = all.MapGroup("").RequireAuthorization(ConsoleAccess.Policy);
        own.MapPost("/sign-out", SignIn.SignOutAsync).AddEndpointFilter<OwnForm>().WithMaxBody(64 * 1024);
        own.MapGet("/", ConsolePages.GetAsync);
        own.MapGet("/runs/{company}/{run}", ConsolePages.GetRunAsync);
        own.MapGet("/audit", ConsolePages.GetAuditAsync);
        own.MapGet("/console/reports/{company}/{file}", (string company, string file, HttpContext http, ReportDownloads downloads) =>
            downloads.GetAsync(company, file, expires: null, signature: null, http, http.RequestAborted));
        own.MapGet("/events", (string? client, string? run, Caller caller, HttpContext http, ConsoleEvents events) =>
            events.GetAsync(client, run, caller, http, http.RequestAborted));
        return app;
    }
}
