using Agency.Operations.Reports.Downloads;
using Agency.Operations.Reports.Rendering;
using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Reports;

internal static class ReportExtensions
{
    /// <summary>Reports for clients: make, list, show. <see cref="MapReports"/> hands out their files.</summary>
    public static IMcpServerBuilder AddReports(this IMcpServerBuilder mcp)
    {
        var services = mcp.Services;
        services.AddReportRendering();
        services.AddOptions<ReportOptions>()
            .BindConfiguration(ReportOptions.Section)
            .Validate(options => ReportOptions.Fault(options) is null, ReportOptions.Fault(new ReportOptions { AgencyName = "" })!)
            .ValidateOnStart();
        services.AddSingleton<ReportLinks>();
        services.AddScoped<ReportGenerator>();
        services.AddScoped<ReportReader>();
        services.AddScoped<ReportDownloads>();
        return mcp.WithAgencyTools<ReportTools>();
    }

    /// <summary>
    /// <c>GET /reports/{company}/{report_id}.pdf</c> and <c>.md</c>: for a signed link, or a caller who may read the report. Anonymous for
    /// the pipeline's sake: <see cref="ReportDownloads"/> decides.
    /// </summary>
    public static WebApplication MapReports(this WebApplication app)
    {
        app.MapGet("/reports/{company}/{file}", (
            string company, string file, string? expires, string? signature, HttpContext http, ReportDownloads downloads, CancellationToken cancellationToken) =>
            downloads.GetAsync(company, file, expires, signature, http, cancellationToken)).AllowAnonymous();
        return app;
    }
}
