using NodaTime;

namespace Agency.Data.Workflows;

/// <summary>
/// When a workflow is due. Either a cron expression read on the wall clock of a time zone: five fields (minute, hour, day of month, month,
/// day of week), six with seconds first, or a macro such as <c>@daily</c>; day of month and day of week, both restricted, combine as in
/// classic cron: either one. Or <c>@every 90m</c>: even distances of elapsed time, counted from the window's start, else from 1970.
/// <para>
/// Where the clocks are set forward, a local time that does not exist is due at the first instant after the gap, once for all times in it
/// (<see cref="DstGap"/>). Where they are set back, a local time that comes twice is due the first time (<see cref="DstOverlap"/>). A cron
/// expression that fires in every hour of the day runs on instead: nothing is made up after a gap and both passes of a repeated hour count.
/// <see cref="ScheduleOptions"/> changes either rule; <c>@every</c> knows neither, as it does not look at the clock.
/// </para>
/// </summary>
public sealed class Schedule
{
    /// <summary>Keeps an instant and its local time within what the calendar can tell.</summary>
    internal static readonly long Last = new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    private static readonly long First = new DateTime(1, 1, 3, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private readonly IOccurrences _occurrences;
    private readonly DateTimeZone _clock;
    private readonly long _start;
    private readonly long _end;

    private Schedule(IOccurrences occurrences, DateTimeZone clock, TimeZoneInfo zone, ScheduleOptions options)
    {
        _occurrences = occurrences;
        _clock = clock;
        _start = Math.Max(First, options.StartAt?.UtcTicks ?? First);
        _end = Math.Min(Last, options.EndAt?.UtcTicks ?? Last);
        Zone = zone;
    }

    /// <summary>The zone as the system knows it; <see cref="ToLocal"/> shows times by the data that occurrences are computed with.</summary>
    public TimeZoneInfo Zone { get; }

    /// <summary>The rule for local times that do not exist; null for <c>@every</c>.</summary>
    public DstGap? Gap { get; private init; }

    /// <summary>The rule for local times that come twice; null for <c>@every</c>.</summary>
    public DstOverlap? Overlap { get; private init; }

    /// <param name="expression">Cron expression or <c>@every</c> with a duration.</param>
    /// <param name="timeZone">IANA name of the zone, such as <c>Europe/Berlin</c>.</param>
    /// <param name="options">Window, rules for changes of the clocks, excluded dates.</param>
    public static Result<Schedule> Parse(string expression, string timeZone, ScheduleOptions? options = null)
    {
        options ??= ScheduleOptions.None;
        var zone = ZoneNames.Find(timeZone);
        if (!zone.IsSuccess)
        {
            return zone.Error;
        }

        if (options.EndAt <= options.StartAt)
        {
            return Error.Invalid($"The schedule ends at {options.EndAt:O}, which is not after its start at {options.StartAt:O}: nothing would ever be due.");
        }

        var (clock, shown) = zone.Value;
        if (EveryDuration.Names(expression))
        {
            return EveryDuration.Parse(expression).Map(period => new Schedule(
                new ElapsedOccurrences((options.StartAt ?? DateTimeOffset.UnixEpoch).UtcTicks, period.Ticks, clock, options.ExcludedDates), clock, shown, options));
        }

        return CronText.Parse(expression).Map(cron =>
        {
            var gap = options.Gap ?? (cron.EveryHour ? DstGap.Skip : DstGap.NextValid);
            var overlap = options.Overlap ?? (cron.EveryHour ? DstOverlap.Both : DstOverlap.First);
            var times = new WallClock(cron.Alternatives, options.ExcludedDates);
            return new Schedule(new CronOccurrences(times, clock, gap, overlap), clock, shown, options) { Gap = gap, Overlap = overlap };
        });
    }

    /// <summary>
    /// The zone of that IANA name as the system knows it. What <see cref="Parse"/> takes, this takes, and the other way round; a path to a
    /// zone file or a Windows name, which a system would take as well, is none.
    /// </summary>
    public static Result<TimeZoneInfo> FindZone(string timeZone) => ZoneNames.Find(timeZone).Map(found => found.Shown);

    /// <summary>The first occurrence strictly after <paramref name="after"/>, in UTC, or null when there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => Following(after)?.Instant;

    /// <summary>All occurrences strictly after <paramref name="after"/> in order, as long as there are any.</summary>
    public IEnumerable<ScheduledInstant> After(DateTimeOffset after)
    {
        while (Following(after) is { } next)
        {
            yield return next;
            after = next.Instant;
        }
    }

    /// <summary>The first occurrence on that local date and strictly after <paramref name="after"/>, or null when there is none.</summary>
    public ScheduledInstant? FirstOn(DateOnly date, DateTimeOffset after)
    {
        var start = _clock.AtLeniently(LocalDate.FromDateOnly(date).AtMidnight()).ToDateTimeOffset().AddTicks(-1);
        return Following(start > after ? start : after) is { } first && DateOnly.FromDateTime(first.Local.DateTime) == date ? first : null;
    }

    /// <summary>That instant as the zone's wall clock shows it, by the data that occurrences are computed with; the system's may be older.</summary>
    public DateTimeOffset ToLocal(DateTimeOffset instant)
    {
        var utc = Math.Clamp(instant.UtcTicks, First, Last);
        return InstantOf(utc, ZoneSpan.At(_clock, utc).Offset).Local;
    }

    internal static ScheduledInstant InstantOf(long utc, long offset)
    {
        var instant = new DateTimeOffset(utc, TimeSpan.Zero);

        // Offsets of the nineteenth century have seconds and reach beyond 14 hours, which DateTimeOffset cannot say.
        var shown = Math.Clamp(offset - (offset % TimeSpan.TicksPerMinute), -14 * TimeSpan.TicksPerHour, 14 * TimeSpan.TicksPerHour);
        return new ScheduledInstant(instant, instant.ToOffset(TimeSpan.FromTicks(shown)));
    }

    private ScheduledInstant? Following(DateTimeOffset after)
    {
        var from = Math.Max(after.UtcTicks, _start - 1);
        return from < _end && _occurrences.Next(from) is { } next && next.Instant.UtcTicks < _end ? next : null;
    }
}
