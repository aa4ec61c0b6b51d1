using Agency.Data;
using Agency.Data.Companies;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Registry;

/// <summary>How a client's schedules are read unless a workflow says otherwise.</summary>
/// <param name="TimeZone">IANA name of the client's zone.</param>
/// <param name="ExcludedDates">Days on which nothing is due, each with its name.</param>
internal sealed record ClientCalendar(string TimeZone, IReadOnlyDictionary<DateOnly, string> ExcludedDates)
{
    /// <summary>First half of the advisory locks' keys; any number that nothing else uses.</summary>
    private const int LockName = 0x43414c;

    public static async Task<ClientCalendar> ReadAsync(AgencyDbContext context, Company company, CancellationToken cancellationToken)
    {
        var dates = await context.ExcludedDates.AsNoTracking()
            .Where(d => d.CompanyId == company.CompanyId).ToDictionaryAsync(d => d.Date, d => d.Name, cancellationToken);
        return new ClientCalendar(company.TimeZone, dates);
    }

    /// <summary>
    /// For workflows that this transaction makes. No date can be excluded until it ends: who excludes one moves the workflows that there are, and
    /// would not see these.
    /// </summary>
    public static async Task<ClientCalendar> ReadAndHoldAsync(AgencyDbContext context, Company company, CancellationToken cancellationToken)
    {
        await context.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock_shared({LockName}, hashtext({company.CompanyId.Value}))", cancellationToken);
        return await ReadAsync(context, company, cancellationToken);
    }

    /// <summary>Before dates are changed: waits for the transactions that are making workflows by the present ones.</summary>
    public static Task LockAsync(AgencyDbContext context, CompanyId company, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({LockName}, hashtext({company.Value}))", cancellationToken);

    /// <summary>Of a client that may not exist.</summary>
    public static async Task<Result<ClientCalendar>> FindAsync(AgencyDbContext context, CompanyId client, CancellationToken cancellationToken)
    {
        var company = await context.FindCompanyAsync(client, cancellationToken);
        return company.IsSuccess ? await ReadAsync(context, company.Value, cancellationToken) : company.Error;
    }
}
