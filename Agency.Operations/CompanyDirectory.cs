using Agency.Data;
using Agency.Data.Companies;
using Agency.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations;

/// <summary>Looks clients up.</summary>
internal static class CompanyDirectory
{
    public static async Task<Result<Company>> FindCompanyAsync(this AgencyDbContext context, CompanyId company, CancellationToken cancellationToken) =>
        await context.Companies.AsNoTracking().SingleOrDefaultAsync(c => c.CompanyId == company, cancellationToken) is { } found
            ? found
            : Unknown(company);

    /// <summary>For new work: an archived client gets none.</summary>
    public static async Task<Result<Company>> FindActiveCompanyAsync(this AgencyDbContext context, CompanyId company, CancellationToken cancellationToken)
    {
        var found = await context.FindCompanyAsync(company, cancellationToken);
        return found.IsSuccess && found.Value.Status is CompanyStatus.Archived
            ? Error.Conflict($"The client '{company}' is archived and takes no new work.")
            : found;
    }

    private static Error Unknown(CompanyId company)
    {
        var error = CompanyResolution.UnknownCompany(company.Value);
        return error with { Message = error.Message + " The operator creates a client with init_company on the context server." };
    }
}
