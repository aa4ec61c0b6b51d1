using Agency.Data;
using Agency.Data.Tenancy;
using Agency.Operations.Reports.Rendering;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Reports.Downloads;

/// <summary>
/// Hands out a report's files to whoever has a signed link, or a credential that may read them. Every refusal is the same answer as for a report that
/// does not exist.
/// </summary>
internal sealed class ReportDownloads(
    AgencyDatabase agency,
    CallerDatabase database,
    CompanyScope companies,
    ICallerAccessor callers,
    ReportLinks links,
    IFrozenClients frozen,
    IAuthorizationPolicyProvider policies,
    IPolicyEvaluator evaluator)
{
    /// <summary>A run's token reads reports only where its procedure may.</summary>
    private const string ReadingTool = "get_report";

    public async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetAsync(
        string company, string file, string? expires, string? signature, HttpContext http, CancellationToken cancellationToken)
    {
        var headers = http.Response.Headers;
        headers.CacheControl = "private, no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (ReportFile.Parse(company, file) is not { } wanted)
        {
            return NotFound();
        }

        await using var context = await OpenAsync(wanted, expires, signature, http);
        if (context is null)
        {
            return NotFound();
        }

        var reports = context.Reports.AsNoTracking().Where(r => r.CompanyId == wanted.Company && r.ReportId == wanted.Report);
        if (wanted.Format is ReportFormat.Pdf)
        {
            return await reports.Select(r => new { r.Title, r.Pdf }).SingleOrDefaultAsync(cancellationToken) is { } pdf
                ? TypedResults.File(pdf.Pdf, "application/pdf", wanted.NameFor(pdf.Title))
                : NotFound();
        }

        return await reports.Select(r => new { r.Title, r.Markdown }).SingleOrDefaultAsync(cancellationToken) is { } text
            ? TypedResults.File(System.Text.Encoding.UTF8.GetBytes(text.Markdown), "text/markdown; charset=utf-8", wanted.NameFor(text.Title))
            : NotFound();
    }

    /// <summary>Null when neither the link nor the credential opens the file.</summary>
    private async Task<AgencyDbContext?> OpenAsync(ReportFile file, string? expires, string? signature, HttpContext http)
    {
        if (links.IsValid(file, expires, signature))
        {
            // A link is the client's own, like its token: frozen, neither opens anything.
            return await frozen.IsFrozenAsync(file.Company, http.RequestAborted) ? null : agency.OpenTenant(file.Company);
        }

        // The endpoint is open to all because of the links, so nobody has looked at a credential by the policy's own schemes yet.
        if (callers.Current is null && await policies.GetPolicyAsync(AgencyIdentityExtensions.CallerPolicy) is { } policy)
        {
            await evaluator.AuthenticateAsync(policy, http);
        }

        return callers.Current is { } caller
            && (caller.Company is not { } own || !await frozen.IsFrozenAsync(own, http.RequestAborted))
            && (caller.Role is not CallerRole.Run || caller.Tools.Contains(ReadingTool))
            && companies.Resolve(file.Company.Value).IsSuccess
            ? database.Open(file.Company)
            : null;
    }

    private static ProblemHttpResult NotFound() => TypedResults.Problem(
        "There is no such report for you, or the link has expired. The tool get_report gives a fresh link.",
        statusCode: StatusCodes.Status404NotFound,
        title: "Not found");
}
