namespace Agency.Data.Kpis;

/// <summary>Which period is asked for, before it is known in which time zone: by name, or by its two ends.</summary>
public sealed record PeriodChoice
{
    /// <summary>The longest period that is computed.</summary>
    public const int MaxDays = 1100;

    private PeriodChoice(NamedPeriod? name, DateTimeOffset from, DateTimeOffset to) => (Name, From, To) = (name, from, to);

    /// <summary>Null when the ends were given.</summary>
    public NamedPeriod? Name { get; }

    private DateTimeOffset From { get; }

    private DateTimeOffset To { get; }

    public static PeriodChoice Named(NamedPeriod name) => new(name, default, default);

    public static Result<PeriodChoice> Between(DateTimeOffset from, DateTimeOffset to)
    {
        if (from.Year < 2000 || to.Year > 2200)
        {
            return Error.Invalid("from and to must lie between the years 2000 and 2200.");
        }

        if (from >= to)
        {
            return Error.Invalid("from must be earlier than to: the period begins at from and ends just before to.");
        }

        return to - from <= TimeSpan.FromDays(MaxDays)
            ? new PeriodChoice(null, from.ToUniversalTime(), to.ToUniversalTime())
            : Error.Invalid($"The period is longer than {MaxDays} days: ask for a shorter one.");
    }

    /// <summary>From a call's arguments: a name, or both ends, or nothing, which takes <paramref name="fallback"/>.</summary>
    public static Result<PeriodChoice> Parse(NamedPeriod? name, DateTimeOffset? from, DateTimeOffset? to, NamedPeriod fallback) => (name, from, to) switch
    {
        (_, null, null) => Named(name ?? fallback),
        (null, { } begin, { } end) => Between(begin, end),
        (null, _, _) => Error.Invalid("from and to go together: give both, or a period by its name instead."),
        _ => Error.Invalid("Give either period or from and to, not both."),
    };

    public Period Resolve(TimeZoneInfo zone, DateTimeOffset now)
    {
        if (Name is not { } name)
        {
            return new Period(From, To, zone);
        }

        var today = LocalDays.Of(now, zone);
        var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
        var first = new DateOnly(today.Year, today.Month, 1);
        var (from, to) = name switch
        {
            NamedPeriod.Today => (today, today.AddDays(1)),
            NamedPeriod.Yesterday => (today.AddDays(-1), today),
            NamedPeriod.ThisWeek => (monday, monday.AddDays(7)),
            NamedPeriod.LastWeek => (monday.AddDays(-7), monday),
            NamedPeriod.Last7Days => (today.AddDays(-6), today.AddDays(1)),
            NamedPeriod.ThisMonth => (first, first.AddMonths(1)),
            NamedPeriod.LastMonth => (first.AddMonths(-1), first),
            _ => (today.AddDays(-29), today.AddDays(1)),
        };
        return new Period(LocalDays.Start(from, zone), LocalDays.Start(to, zone), zone);
    }
}
