namespace Agency.Data.Kpis;

/// <summary>The arithmetic of <see cref="MoneyKpis"/>.</summary>
internal static class KpiMoney
{
    private const int Decimals = 4;

    public static MoneyKpis Of(KpiCompany company, Period period, long succeeded, WorkKpis work, Prices prices, DateTimeOffset now)
    {
        var notes = new List<string>();
        var cost = Round((work.RunSeconds * prices.PerRunSecond) + (work.Tokens * prices.PerThousandTokens / 1000m));
        if (prices is { PerRunSecond: 0, PerThousandTokens: 0 })
        {
            notes.Add("No prices are configured, so the cost is 0: set Pricing__PerRunSecond and Pricing__PerThousandTokens.");
        }

        if (company.Terms is not { } terms)
        {
            notes.Add("No terms are recorded for this client, so its revenue is unknown.");
            return new MoneyKpis(null, null, null, null, prices.Currency, cost, null, notes);
        }

        var fixedFee = Round(FixedFee(terms.MonthlyFee, Earning(company, period, now)));
        var runFees = Round(terms.FeePerSuccessfulRun * succeeded);
        var sameCurrency = string.Equals(terms.Currency, prices.Currency, StringComparison.OrdinalIgnoreCase);
        if (!sameCurrency)
        {
            notes.Add($"Revenue is in {terms.Currency} and cost in {prices.Currency}: no margin is given.");
        }

        var revenue = fixedFee + runFees;
        return new MoneyKpis(terms.Currency, fixedFee, runFees, revenue, prices.Currency, cost, sameCurrency ? revenue - cost : null, notes);
    }

    /// <summary>The monthly fee for a period, by the share of each calendar month's days.</summary>
    internal static decimal FixedFee(decimal monthlyFee, Period period)
    {
        var total = 0m;
        for (var from = period.From; from < period.To;)
        {
            var day = LocalDays.Of(from, period.Zone);
            var days = DateTime.DaysInMonth(day.Year, day.Month);
            var nextMonth = LocalDays.Start(new DateOnly(day.Year, day.Month, 1).AddMonths(1), period.Zone);
            var to = nextMonth < period.To ? nextMonth : period.To;
            total += monthlyFee * (LocalDays.Position(to, period.Zone) - LocalDays.Position(from, period.Zone)) / days;
            from = to;
        }

        return total;
    }

    /// <summary>The part of the period that is over and in which the company was a client.</summary>
    private static Period Earning(KpiCompany company, Period period, DateTimeOffset now)
    {
        var from = company.CreatedAt > period.From ? company.CreatedAt : period.From;
        var end = company.ArchivedAt < now ? company.ArchivedAt.Value : now;
        return period with { From = from, To = end < period.To ? end : period.To };
    }

    private static decimal Round(decimal amount) => Math.Round(amount, Decimals, MidpointRounding.AwayFromZero);
}
