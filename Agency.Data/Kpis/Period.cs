namespace Agency.Data.Kpis;

/// <summary>A half-open stretch of time, <paramref name="From"/> included and <paramref name="To"/> not, read in a company's time zone.</summary>
public sealed record Period(DateTimeOffset From, DateTimeOffset To, TimeZoneInfo Zone)
{
    public bool Contains(DateTimeOffset instant) => instant >= From && instant < To;

    /// <summary>The calendar days that the period touches, the first and the last cut off at its ends.</summary>
    public IReadOnlyList<LocalDay> Days()
    {
        var days = new List<LocalDay>();
        for (var day = LocalDays.Of(From, Zone); LocalDays.Start(day, Zone) < To; day = day.AddDays(1))
        {
            var (start, end) = (LocalDays.Start(day, Zone), LocalDays.Start(day.AddDays(1), Zone));
            days.Add(new LocalDay(day, start < From ? From : start, end > To ? To : end));
        }

        return days;
    }
}

/// <summary>A calendar day, or the part of it that lies in a period.</summary>
public sealed record LocalDay(DateOnly Date, DateTimeOffset From, DateTimeOffset To);
