using System.Globalization;
using Agency.Data;
using Agency.Data.Companies;
using Agency.Data.Scheduling;
using Agency.Operations.Registry;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Calendars;

/// <summary>Changes and shows the days on which a client's schedules are not due.</summary>
internal sealed class ExcludedDates(CompanyScope companies, CallerDatabase database, Caller caller, IWakeUps wakeUps, TimeProvider time)
{
    public const int MaxDates = 400;
    public const int MaxName = 200;

    /// <summary>Of one client: some ten years' worth of holidays and every weekend.</summary>
    private const int MaxOfClient = 2000;
    private const int ShownMoves = 20;

    private const string DateRule = "a date such as 2026-12-25, from 2000-01-01 to 2199-12-31";

    public Task<Result<ChangedCalendar>> SetAsync(string? client, IReadOnlyList<DateToExclude> dates, CancellationToken cancellationToken)
    {
        var wanted = new Dictionary<DateOnly, string>();
        for (var i = 0; i < dates.Count; i++)
        {
            if (ReadDate(dates[i].Date) is not { } date)
            {
                return Failure($"dates[{i}].date must be {DateRule}.");
            }

            if (dates[i].Name?.Trim() is not { Length: > 0 and <= MaxName } name)
            {
                return Failure($"dates[{i}].name must say what day {date:O} is, in at most {MaxName} characters.");
            }

            if (!wanted.TryAdd(date, name) && wanted[date] != name)
            {
                return Failure($"dates[{i}].date: {date:O} is given twice with different names.");
            }
        }

        return ChangeAsync(client, async (context, company, present) =>
        {
            var there = await context.ExcludedDates.Where(d => d.CompanyId == company && wanted.Keys.Contains(d.Date)).ToDictionaryAsync(d => d.Date, cancellationToken);
            foreach (var (date, name) in wanted.Where(w => !there.ContainsKey(w.Key)))
            {
                context.ExcludedDates.Add(new ExcludedDate { CompanyId = company, Date = date, Name = name });
            }

            foreach (var known in there.Values)
            {
                known.Name = wanted[known.Date];
            }

            if (present.Count + wanted.Count - there.Count > MaxOfClient)
            {
                return Error.Conflict($"A client has at most {MaxOfClient} excluded dates, and {present.Count} are there already. Remove past ones with remove_excluded_dates.");
            }

            return wanted.Count;
        }, cancellationToken);
    }

    public Task<Result<ChangedCalendar>> RemoveAsync(string? client, IReadOnlyList<string> dates, CancellationToken cancellationToken)
    {
        var unwanted = new HashSet<DateOnly>();
        for (var i = 0; i < dates.Count; i++)
        {
            if (ReadDate(dates[i]) is not { } date)
            {
                return Failure($"dates[{i}] must be {DateRule}.");
            }

            unwanted.Add(date);
        }

        return ChangeAsync(client, async (context, company, _) =>
        {
            context.ExcludedDates.RemoveRange(await context.ExcludedDates.Where(d => d.CompanyId == company && unwanted.Contains(d.Date)).ToListAsync(cancellationToken));
            return unwanted.Count;
        }, cancellationToken);
    }

    /// <param name="client">Null shows those of every client that the caller may see.</param>
    /// <param name="from">Only from this date on; null shows past ones too.</param>
    /// <param name="cursor">Where the page begins.</param>
    /// <param name="limit">How many rows at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Result<Page<ExcludedDateView>>> ListAsync(string? client, string? from, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var first = string.IsNullOrEmpty(from) ? DateOnly.MinValue : ReadDate(from);
        return first is { } begin
            ? await database.ReadPageAsync(
                companies,
                new PageRequest(client, cursor, limit),
                (AgencyDbContext context, Position? after) => Select(context, after, begin),
                d => new Position(d.CompanyId.Value, d.Date),
                ExcludedDateView.Of,
                cancellationToken)
            : Error.Invalid($"from must be {DateRule}.");
    }

    private static IQueryable<ExcludedDate> Select(AgencyDbContext context, Position? after, DateOnly from)
    {
        // As in every list the position only says where to go on: which rows there are follows from the caller.
        var query = after is null
            ? context.ExcludedDates
            : context.ExcludedDates.FromSql($"select * from excluded_date where (company_id, date) > ({after.Client}, {after.Date})");
        return query.AsNoTracking().Where(d => d.Date >= from).OrderBy(d => d.CompanyId).ThenBy(d => d.Date);
    }

    /// <param name="client">As the caller named it.</param>
    /// <param name="change">Changes tracked dates, knowing those that there are; says how many the caller asked for.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    private async Task<Result<ChangedCalendar>> ChangeAsync(
        string? client, Func<AgencyDbContext, CompanyId, IReadOnlyDictionary<DateOnly, string>, Task<Result<int>>> change, CancellationToken cancellationToken)
    {
        var scope = companies.Resolve(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        await using var context = database.Open(scope.Value);
        var company = await context.FindCompanyAsync(scope.Value, cancellationToken);
        if (!company.IsSuccess)
        {
            return company.Error;
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await ClientCalendar.LockAsync(context, scope.Value, cancellationToken);
        var before = await ClientCalendar.ReadAsync(context, company.Value, cancellationToken);
        var asked = await change(context, scope.Value, before.ExcludedDates);
        if (!asked.IsSuccess)
        {
            return asked.Error;
        }

        var changed = await context.SaveChangesAsync(cancellationToken);
        var moves = await MoveAsync(context, company.Value, before, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (changed > 0)
        {
            await wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
            await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        }

        return new ChangedCalendar(scope.Value, changed, asked.Value - changed, moves.Count, [.. moves.Take(ShownMoves)]);
    }

    private async Task<List<MovedWorkflow>> MoveAsync(AgencyDbContext context, Company company, ClientCalendar before, CancellationToken cancellationToken)
    {
        var after = await ClientCalendar.ReadAsync(context, company, cancellationToken);
        var mover = new NextRunMover(before, after, time.Now(), caller.Subject);
        return mover.HasNothingToDo ? [] : await mover.MoveAsync(context, company.CompanyId, cancellationToken);
    }

    private static DateOnly? ReadDate(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 2000 and < 2200 ? date : null;

    private static Task<Result<ChangedCalendar>> Failure(string message) => Task.FromResult<Result<ChangedCalendar>>(Error.Invalid(message));

    private sealed record Position(string Client, DateOnly Date);
}
