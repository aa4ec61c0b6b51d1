using Agency.Data;
using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Identity;

namespace Agency.ServiceDefaults.Tenancy;

/// <summary>The database as the caller of the request in hand may see it: the role follows the caller, in every server.</summary>
public sealed class CallerDatabase(AgencyDatabase database, ICallerAccessor callers)
{
    /// <summary>
    /// A company's or run's caller gets the tenant role for its own company; the agency's people get the agency role, narrowed to
    /// <paramref name="company"/> when one is named.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// There is no caller, or it is bound to another company: <see cref="CompanyScope"/> was not asked first.
    /// </exception>
    public AgencyDbContext Open(CompanyId? company = null)
    {
        var caller = callers.Current ?? throw new InvalidOperationException("There is no caller here; background work opens AgencyDatabase.");
        if (caller.Company is not { } own)
        {
            return database.OpenAgency(company);
        }

        return company is null || company == own
            ? database.OpenTenant(own)
            : throw new InvalidOperationException("The caller is bound to another company: resolve the company with CompanyScope first.");
    }

    /// <summary>
    /// One company's content (profile, documents, memory, procedures), which the agency role cannot read: the tenant role, whoever calls.
    /// </summary>
    /// <exception cref="InvalidOperationException">As for <see cref="Open"/>.</exception>
    public AgencyDbContext OpenContent(CompanyId company)
    {
        var caller = callers.Current ?? throw new InvalidOperationException("There is no caller here; background work opens AgencyDatabase.");
        return caller.Company is null || caller.Company == company
            ? database.OpenTenant(company)
            : throw new InvalidOperationException("The caller is bound to another company: resolve the company with CompanyScope first.");
    }
}
