using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;

namespace Agency.Operations.Registry;

/// <summary>Shows when a schedule would fire, before anything is saved.</summary>
internal sealed class SchedulePreview(Caller caller, CompanyScope companies, CallerDatabase database, TimeProvider time)
{
    public const int MaxCount = 50;

    private static readonly ClientCalendar NoClient = new("UTC", new Dictionary<DateOnly, string>());

    public async Task<Result<PreviewedSchedule>> PreviewAsync(PreviewRequest request, CancellationToken cancellationToken)
    {
        var calendar = await CalendarAsync(request.Client, cancellationToken);
        var from = Instants.ParseOptional("from", request.From);
        var start = Instants.ParseOptional("start_at", request.StartAt);
        var end = Instants.ParseOptional("end_at", request.EndAt);
        if ((calendar.Error ?? from.Error ?? start.Error ?? end.Error) is { } error)
        {
            return error;
        }

        var zone = string.IsNullOrEmpty(request.TimeZone) ? calendar.Value.TimeZone : request.TimeZone;
        var terms = new ScheduleTerms(
            request.Schedule.Trim(), zone, start.Value, end.Value, request.Gap, request.Overlap, request.ObserveCalendar);
        var after = from.Value ?? time.Now();
        var next = terms.NextAfter(after, calendar.Value);
        return next.IsSuccess ? Show(terms, calendar.Value, after, Math.Clamp(request.Count, 1, MaxCount)) : next.Error;
    }

    /// <param name="terms">Terms under which something is due.</param>
    /// <param name="calendar">The client's.</param>
    /// <param name="after">Where to begin.</param>
    /// <param name="count">How many to show.</param>
    private static PreviewedSchedule Show(ScheduleTerms terms, ClientCalendar calendar, DateTimeOffset after, int count)
    {
        var schedule = terms.Read(calendar).Value!;
        var occurrences = Occurrence.After(schedule, after, count);
        var closed = terms.ObserveCalendar
            ? ClosedDay.Among(
                (terms with { ObserveCalendar = false }).Read(calendar).Value!,
                calendar.ExcludedDates,
                after,
                occurrences.Count < count && terms.EndAt is { } end ? end : occurrences[^1].Utc)
            : [];
        return new PreviewedSchedule(terms.Expression!, terms.TimeZone!, schedule.Gap, schedule.Overlap, occurrences, closed);
    }

    /// <summary>The named client's, or the caller's own; without either, UTC and no holidays.</summary>
    private async Task<Result<ClientCalendar>> CalendarAsync(string? client, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(client) && caller.IsAgency)
        {
            return NoClient;
        }

        var company = companies.Resolve(client);
        if (!company.IsSuccess)
        {
            return company.Error;
        }

        await using var context = database.Open(company.Value);
        return await ClientCalendar.FindAsync(context, company.Value, cancellationToken);
    }
}
