using Agency.Data;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Agency.Operations.Clients;

/// <summary>Gives out links to exports, and the exports to whoever has one.</summary>
internal sealed class ClientExporter(CompanyScope companies, CallerDatabase database, ExportLinks links, TimeProvider time)
{
    public async Task<Result<ClientExport>> ExportAsync(string client, CancellationToken cancellationToken)
    {
        var scope = companies.Resolve(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        await using var context = database.Open(scope.Value);
        var found = await context.FindCompanyAsync(scope.Value, cancellationToken);
        return found.Map(company =>
        {
            var export = Guid.CreateVersion7(time.Now());
            AuditCall.Current?.On(Target(export));
            var (url, expiresAt) = links.Make(company.CompanyId, export);
            return new ClientExport(company.CompanyId, export, url, expiresAt);
        });
    }

    /// <summary>Every refusal is the same answer as for a client that does not exist.</summary>
    public static async Task<Results<EmptyHttpResult, ProblemHttpResult>> DownloadAsync(
        string company, string file, string? expires, string? signature, HttpContext http, ExportLinks links, ClientArchive archive, ExportPlaces places)
    {
        var response = http.Response;
        response.Headers.CacheControl = "private, no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (!CompanyId.TryParse(company, out var id) || !file.EndsWith(".zip", StringComparison.Ordinal)
            || !Guid.TryParseExact(file[..^4], "D", out var export) || !links.IsValid(id, export, expires, signature))
        {
            return NotFound();
        }

        // The link is all that is known of who has it; the entry of the export says who made it.
        var call = AuditCall.Begin(new AuditActor("the holder of the link", "link"), "operations", "export_client.download", Target(export));
        call.About(id);
        using var place = await places.TakeAsync();
        if (place is null)
        {
            response.Headers.RetryAfter = "10";
            return TypedResults.Problem("Other exports are being downloaded. Try again in a moment.", statusCode: StatusCodes.Status429TooManyRequests, title: "Busy");
        }

        var written = await archive.WriteAsync(id, export, response.Body, call.Record(AuditOutcome.Done), () =>
        {
            response.ContentType = "application/zip";

            // What ends an entry of a zip, some bytes, .NET writes without await.
            http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"{id}-export.zip" }.ToString();
        }, http.RequestAborted);
        return written ? TypedResults.Empty : NotFound();
    }

    private static string Target(Guid export) => $"export {export:D}";

    private static ProblemHttpResult NotFound() => TypedResults.Problem(
        "There is no such export for you, or the link has expired. The tool export_client gives a fresh link.",
        statusCode: StatusCodes.Status404NotFound,
        title: "Not found");
}
