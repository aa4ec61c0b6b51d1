using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Auditing;
using Agency.Data.Companies;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.CompanyContext.Companies;

/// <summary>Which clients there are: making, listing and archiving them.</summary>
internal sealed class CompanyDirectory(CallerDatabase database, CompanyProfiles profiles, Caller caller, TimeProvider time)
{
    public async Task<Result<CompanyDetails>> InitAsync(string companyId, CompanyChanges changes, CancellationToken cancellationToken)
    {
        if (!CompanyId.TryParse(companyId, out var id))
        {
            return Error.Invalid($"company_id is not a company id: {CompanyId.Rule}.");
        }

        if (CompanyRules.Check(changes, caller) is { } problem)
        {
            return problem;
        }

        await using (var db = database.Open())
        {
            var name = changes.Name?.Trim() ?? id.Value;
            var zone = changes.TimeZone ?? "UTC";
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var created = await db.Database
                .SqlQuery<bool>($"""select agency.ensure_company({id.Value}, {name}, {zone}, {time.GetUtcNow()}) as "Value" """)
                .ToListAsync(cancellationToken);
            if (!created.Single())
            {
                return Error.Conflict($"There is a client '{id}' already; nothing was changed. Call update_company_profile to change it, or choose another id.");
            }

            AuditCall.Current?.Note(db, id, $"client {id}", before: null, AuditJson.Write(new JsonObject { ["name"] = name, ["time_zone"] = zone }));
            await transaction.CommitAsync(cancellationToken);
        }

        return await profiles.UpdateAsync(id.Value, changes, cancellationToken);
    }

    public async Task<Result<Page<CompanySummary>>> ListAsync(CompanyStatus? status, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var position = Cursor.Decode<string>(cursor);
        if (!position.IsSuccess)
        {
            return position.Error;
        }

        await using var db = database.Open();
        var companies = status is null ? db.Companies : db.Companies.Where(c => c.Status == status);
        if (CompanyId.TryParse(position.Value, out var last))
        {
            companies = companies.Where(c => c.CompanyId > last);
        }

        var rows = await companies.OrderBy(c => c.CompanyId).Take(limit + 1).AsNoTracking().ToListAsync(cancellationToken);
        return Page.From([.. rows.Select(CompanySummary.Of)], limit, summary => summary.Client.Value);
    }

    public async Task<Result<CompanySummary>> ArchiveAsync(string companyId, CancellationToken cancellationToken)
    {
        if (!CompanyId.TryParse(companyId, out var id))
        {
            return CompanyResolution.UnknownCompany(companyId);
        }

        await using var db = database.Open(id);
        if (await db.Companies.SingleOrDefaultAsync(c => c.CompanyId == id, cancellationToken) is not { } company)
        {
            return CompanyResolution.UnknownCompany(companyId);
        }

        company.Archive(time.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return CompanySummary.Of(company);
    }
}
