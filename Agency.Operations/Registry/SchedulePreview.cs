using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;

namespace Agency.Operations.Registry;

/// <summary>The occurrences of a schedule that is not registered yet.</summary>
/// <param name="Schedule">The cron expression.</param>
/// <param name="TimeZone">The zone in which it was read.</param>
/// <param name="Occurrences">In order; fewer than asked for when the schedule ends.</param>
internal sealed record PreviewedSchedule(string Schedule, string TimeZone, IReadOnlyList<Occurrence> Occurrences);

/// <summary>Shows when a schedule would fire, before anything is saved.</summary>
internal sealed class SchedulePreview(Caller caller, CompanyScope companies, CallerDatabase database, TimeProvider time)
{
    public const int MaxCount = 50;

    public async Task<Result<PreviewedSchedule>> PreviewAsync(
        string schedule, string? timeZone, string? client, string? from, int count, CancellationToken cancellationToken)
    {
        var zone = await ZoneAsync(timeZone, client, cancellationToken);
        var start = Instants.ParseOptional("from", from);
        if ((zone.Error ?? start.Error) is { } error)
        {
            return error;
        }

        var parsed = WorkflowRules.ReadSchedule(schedule.Trim(), zone.Value, zone.Value);
        if (!parsed.IsSuccess)
        {
            return parsed.Error;
        }

        var occurrences = Occurrence.After(parsed.Value!, start.Value ?? time.Now(), Math.Clamp(count, 1, MaxCount));
        return occurrences.Count == 0
            ? RegistryErrors.NeverOccurs(schedule)
            : new PreviewedSchedule(schedule.Trim(), zone.Value, occurrences);
    }

    private async Task<Result<string>> ZoneAsync(string? timeZone, string? client, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(timeZone))
        {
            return timeZone;
        }

        if (string.IsNullOrEmpty(client) && caller.IsAgency)
        {
            return "UTC";
        }

        var company = companies.Resolve(client);
        if (!company.IsSuccess)
        {
            return company.Error;
        }

        await using var context = database.Open(company.Value);
        return (await context.FindCompanyAsync(company.Value, cancellationToken)).Map(found => found.TimeZone);
    }
}
