using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Auditing;
using Agency.Data.Companies;
using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;

namespace Agency.Operations.Authorization.Consent;

/// <summary>What the consent page asks, and what an answer means.</summary>
internal sealed class ConsentDesk(IOpenIddictApplicationManager clients, AgencyDatabase database, ServerAddresses servers)
{
    public async Task<ConsentQuestion> AskAsync(OpenIddictRequest request, CancellationToken cancellationToken)
    {
        var client = await clients.FindByClientIdAsync(request.ClientId!, cancellationToken) ?? throw new InvalidOperationException("The request was not validated.");

        // Where a client has registered one address only it may leave it out.
        var redirect = request.RedirectUri ?? (await clients.GetRedirectUrisAsync(client, cancellationToken)).Single();
        await using var context = database.OpenAgency();
        var resource = request.GetResources().Single();
        var scopes = request.GetScopes();
        return new ConsentQuestion(
            await clients.GetDisplayNameAsync(client, cancellationToken) ?? request.ClientId!,
            new Uri(redirect),
            ServerAddresses.McpServers.Single(server => servers.Audience(server) == resource),
            resource,
            MayWrite: scopes.Length == 0 || scopes.Contains(AgencyScopes.Write),
            await context.Companies.Where(c => c.Status == CompanyStatus.Active).OrderBy(c => c.Name)
                .Select(c => new ConsentCompany(c.CompanyId, c.Name)).ToListAsync(cancellationToken));
    }

    /// <summary>The company and the right to write that were chosen; an error for an answer that the page does not offer.</summary>
    public static Result<(CompanyId? Company, bool CanWrite)> Read(ConsentQuestion question, IFormCollection form)
    {
        var canWrite = form["access"].ToString() == "write";
        if (canWrite && !question.MayWrite)
        {
            return Error.Invalid("This client asked to read only. Choose reading, or let it ask again.");
        }

        var reach = form["reach"].ToString();
        if (reach == "agency")
        {
            return ((CompanyId?)null, canWrite);
        }

        return reach == "company" && question.Companies.FirstOrDefault(c => c.Id.Value == form["company"].ToString()) is { } company
            ? ((CompanyId?)company.Id, canWrite)
            : Error.Invalid("Choose the whole agency, or one of its clients.");
    }
}

/// <param name="ClientName">As the client calls itself: nobody has checked it.</param>
/// <param name="ReturnsTo">Where the browser goes with the answer.</param>
/// <param name="Server">The MCP server that the token is for.</param>
/// <param name="Resource">That server's address.</param>
/// <param name="MayWrite">The client asks to change things too.</param>
/// <param name="Companies">The companies that access can be limited to.</param>
public sealed record ConsentQuestion(
    string ClientName, Uri ReturnsTo, string Server, string Resource, bool MayWrite, IReadOnlyList<ConsentCompany> Companies)
{
    /// <summary>The question and its answer, as JSON for the audit log.</summary>
    public string Write(IFormCollection form) => AuditJson.Write(new JsonObject
    {
        ["client_name"] = AuditJson.Of(ClientName),
        ["returns_to"] = AuditJson.Of(ReturnsTo.GetLeftPart(UriPartial.Path)),
        ["server"] = AuditJson.Of(Server),
        ["reach"] = form["reach"] == "company" ? "company" : "agency",
        ["company"] = form["reach"] == "company" ? Companies.FirstOrDefault(c => c.Id.Value == form["company"].ToString())?.Id.Value : null,
        ["access"] = form["access"] == "write" ? AgencyClaims.WriteAccess : AgencyClaims.ReadAccess,
    });
}

public sealed record ConsentCompany(CompanyId Id, string Name);
