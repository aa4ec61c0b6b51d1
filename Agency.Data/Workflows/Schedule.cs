using Cronos;

namespace Agency.Data.Workflows;

/// <summary>
/// When a workflow is due: a cron expression read in a time zone. Five fields (minute, hour, day of month, month, day of week), six with
/// seconds first, or a macro such as <c>@daily</c>. Day of month and day of week, both restricted, combine as in classic cron: either one.
/// In the gap of a clock change an occurrence falls on the first instant after it; in an overlap it falls on the first of the two.
/// </summary>
public sealed class Schedule
{
    private readonly CronExpression[] _alternatives;
    private readonly TimeZoneInfo _zone;

    private Schedule(CronExpression[] alternatives, TimeZoneInfo zone)
    {
        _alternatives = alternatives;
        _zone = zone;
    }

    public TimeZoneInfo Zone => _zone;

    /// <param name="expression">Cron expression.</param>
    /// <param name="timeZone">IANA name of the zone, such as <c>Europe/Berlin</c>.</param>
    public static Result<Schedule> Parse(string expression, string timeZone)
    {
        var zone = FindZone(timeZone);
        if (!zone.IsSuccess)
        {
            return zone.Error;
        }

        var fields = expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var macro = fields is [['@', ..]];
        if (!macro && fields.Length is not (5 or 6))
        {
            return Error.Invalid($"'{expression}' is not a schedule: it has {fields.Length} fields. Write five (minute hour day-of-month "
                + "month day-of-week), six with seconds first, or a macro such as @daily.");
        }

        try
        {
            var format = fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard;
            return new Schedule([.. Alternatives(fields, macro).Select(e => CronExpression.Parse(e, format))], zone.Value);
        }
        catch (Exception e) when (e is CronFormatException or MissingSeedException or ArgumentException)
        {
            return Error.Invalid($"'{expression}' is not a schedule: {e.Message}");
        }
    }

    /// <summary>The zone of that IANA name. A path to a zone file, which the system would take as well, is none.</summary>
    public static Result<TimeZoneInfo> FindZone(string timeZone) =>
        timeZone.Length is > 0 and <= 64 && timeZone[0] != '/' && TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone)
            ? zone
            : Error.Invalid($"'{timeZone}' is not a time zone. Use an IANA name such as Europe/Berlin or UTC.");

    /// <summary>
    /// The first occurrence strictly after <paramref name="after"/>, in UTC, or null when there is none. Strictly, whatever the parser
    /// says: in some zones (Europe/Dublin, Africa/Casablanca, Asia/Amman) Cronos 0.13 can answer with an instant that is not later.
    /// </summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        DateTimeOffset? earliest = null;
        foreach (var alternative in _alternatives)
        {
            if (NextOf(alternative, after) is { } next && (earliest is null || next < earliest))
            {
                earliest = next;
            }
        }

        return earliest;
    }

    private DateTimeOffset? NextOf(CronExpression alternative, DateTimeOffset after)
    {
        // A clock change moves local time by a few hours at most; asking from later and later instants gets past any of them.
        for (var from = after; from <= after.AddDays(2); from = from.AddMinutes(30))
        {
            if (alternative.GetNextOccurrence(from, _zone) is not { } next)
            {
                return null;
            }

            if (next > after)
            {
                return next.ToUniversalTime();
            }
        }

        return null;
    }

    private static string[] Alternatives(string[] fields, bool macro)
    {
        var expression = string.Join(' ', fields);
        if (macro)
        {
            return [expression];
        }

        var (day, weekday) = (fields[^3], fields[^1]);
        if (!Restricts(day) || !Restricts(weekday))
        {
            return [expression];
        }

        return [WithField(fields, ^1, "*"), WithField(fields, ^3, "*")];
    }

    // As in classic cron, a field that begins with a star counts as unrestricted: "*/2" narrows, it does not add.
    private static bool Restricts(string field) => field[0] is not ('*' or '?');

    private static string WithField(string[] fields, Index index, string value)
    {
        var copy = fields.ToArray();
        copy[index] = value;
        return string.Join(' ', copy);
    }
}
