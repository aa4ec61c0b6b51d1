using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace Agency.CompanyContext.Companies;

/// <summary>Who a client is and what was agreed with it.</summary>
internal sealed class CompanyProfiles(CompanyContent content, Caller caller, TimeProvider time)
{
    public Task<Result<CompanyDetails>> GetAsync(string? client, CancellationToken cancellationToken) =>
        content.UseAsync<CompanyDetails>(
            client,
            async session =>
            {
                var profile = await session.Db.CompanyProfiles.SingleAsync(cancellationToken);
                var terms = await session.Db.CompanyTerms.SingleAsync(cancellationToken);
                return CompanyDetails.Of(session.Company, profile, terms);
            },
            cancellationToken);

    /// <summary>Sets the given fields and leaves the others.</summary>
    public Task<Result<CompanyDetails>> UpdateAsync(string? client, CompanyChanges changes, CancellationToken cancellationToken) =>
        content.UseAsync<CompanyDetails>(
            client,
            async session =>
            {
                if (CompanyRules.Check(changes, caller) is { } problem)
                {
                    return problem;
                }

                var profile = await session.Db.CompanyProfiles.SingleAsync(cancellationToken);
                var terms = await session.Db.CompanyTerms.SingleAsync(cancellationToken);
                changes.ApplyTo(session.Company, profile, terms, time.GetUtcNow());
                await session.Db.SaveChangesAsync(cancellationToken);
                return CompanyDetails.Of(session.Company, profile, terms);
            },
            cancellationToken);
}
