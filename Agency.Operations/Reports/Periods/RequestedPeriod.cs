using System.Globalization;
using Agency.Data;
using Agency.Data.Kpis;
using Agency.Data.Reports;

namespace Agency.Operations.Reports.Periods;

/// <summary>The period that a report was asked for, on the line of instants.</summary>
internal sealed record RequestedPeriod(ReportKind Kind, PeriodChoice Choice, Period Period)
{
    public const int MaxDays = 400;

    /// <param name="period">Null takes custom when an end is given, else weekly.</param>
    /// <param name="from">A date, which begins at its first instant in <paramref name="zone"/>, or an instant.</param>
    /// <param name="to">As <paramref name="from"/>; the first instant that is no longer covered.</param>
    /// <param name="zone">The client's time zone.</param>
    /// <param name="now">What <c>last</c> and <c>this</c> refer to.</param>
    public static Result<RequestedPeriod> Resolve(ReportPeriod? period, string? from, string? to, TimeZoneInfo zone, DateTimeOffset now)
    {
        var ends = !string.IsNullOrEmpty(from) || !string.IsNullOrEmpty(to);
        var asked = period ?? (ends ? ReportPeriod.Custom : ReportPeriod.Weekly);
        if (asked is not ReportPeriod.Custom && ends)
        {
            return Error.Invalid("from and to go with the period custom alone: leave out either them or period.");
        }

        var choice = asked switch
        {
            ReportPeriod.Weekly => PeriodChoice.Named(NamedPeriod.LastWeek),
            ReportPeriod.Monthly => PeriodChoice.Named(NamedPeriod.LastMonth),
            ReportPeriod.ThisWeek => PeriodChoice.Named(NamedPeriod.ThisWeek),
            ReportPeriod.ThisMonth => PeriodChoice.Named(NamedPeriod.ThisMonth),
            _ => Between(from, to, zone, now),
        };
        if (!choice.IsSuccess)
        {
            return choice.Error;
        }

        var kind = asked switch
        {
            ReportPeriod.Weekly => ReportKind.Weekly,
            ReportPeriod.Monthly => ReportKind.Monthly,
            _ => ReportKind.Custom,
        };
        return new RequestedPeriod(kind, choice.Value, choice.Value.Resolve(zone, now));
    }

    private static Result<PeriodChoice> Between(string? from, string? to, TimeZoneInfo zone, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(from) || string.IsNullOrEmpty(to))
        {
            return Error.Invalid("The period custom needs both ends: give from and to, such as from 2026-11-01 and to 2026-12-01 for November.");
        }

        var (begin, end) = (Parse("from", from, zone), Parse("to", to, zone));
        if ((begin.Error ?? end.Error) is { } error)
        {
            return error;
        }

        if (begin.Value >= now)
        {
            return Error.Invalid("The period has not begun yet: there is nothing to report. Give an earlier from.");
        }

        var choice = PeriodChoice.Between(begin.Value, end.Value);
        return choice.IsSuccess && LocalDays.Position(end.Value, zone) - LocalDays.Position(begin.Value, zone) > MaxDays
            ? Error.Invalid($"The period is longer than {MaxDays} days: ask for several shorter reports.")
            : choice;
    }

    private static Result<DateTimeOffset> Parse(string argument, string text, TimeZoneInfo zone)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && IsNear(day.Year))
        {
            return LocalDays.Start(day, zone);
        }

        return Instants.TryParse(text, out var instant) && IsNear(instant.Year)
            ? instant
            : Error.Invalid($"{argument} must be a date of the years 2000 to 2200, such as 2026-11-01 (its first instant in the client's time zone), "
                + "or an instant with its UTC offset, such as 2026-11-01T09:00:00Z.");
    }

    private static bool IsNear(int year) => year is >= 2000 and <= 2200;
}
