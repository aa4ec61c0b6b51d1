using Cronos;

namespace Agency.Data.Workflows;

/// <summary>A cron expression as it was understood.</summary>
/// <param name="Alternatives">Expressions of which any may match.</param>
/// <param name="EveryHour">Whether it fires in every hour of its days.</param>
internal sealed record CronText(CronExpression[] Alternatives, bool EveryHour)
{
    private const string Form =
        "Write five fields (minute hour day-of-month month day-of-week), six with seconds first, or a macro such as @daily, @hourly or @every 15m: "
        + "for example '30 9 * * 1-5' for 09:30 on weekdays.";

    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
        ["@every_minute"] = "* * * * *",
        ["@every_second"] = "* * * * * *",
    };

    public static Result<CronText> Parse(string expression)
    {
        var text = expression.Trim();
        if (text is ['@', ..] && !Macros.TryGetValue(text, out text))
        {
            return Error.Invalid($"'{expression}' is not a schedule: {MacroProblem(expression)}");
        }

        var fields = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6))
        {
            return Error.Invalid($"'{expression}' is not a schedule: it has {fields.Length} fields. {(fields.Length == 7 ? "A year cannot be given; use start_at and end_at. " : "")}{Form}");
        }

        try
        {
            var format = fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard;
            return new CronText([.. Split(fields).Select(e => CronExpression.Parse(e, format))], CoversTheDay(fields[^4]));
        }
        catch (Exception e) when (CronField.IsRefusal(e))
        {
            return Error.Invalid($"'{expression}' is not a schedule: {CronField.FirstProblem(fields) ?? $"{e.Message} {Form}"}");
        }
    }

    private static string MacroProblem(string macro) => macro.Trim().Equals("@reboot", StringComparison.OrdinalIgnoreCase)
        ? "@reboot has no meaning here, as a workflow belongs to no machine that starts. Use @every, or run it on demand."
        : $"there is no such macro. The macros are {string.Join(", ", Macros.Keys)}, and @every with a duration such as 15m.";

    /// <summary>The parser demands both days; classic cron, when both are restricted, either.</summary>
    private static string[] Split(string[] fields) => Restricts(fields[^3]) && Restricts(fields[^1])
        ? [With(fields, ^1, "*"), With(fields, ^3, "*")]
        : [string.Join(' ', fields)];

    // As in classic cron, a field that begins with a star counts as unrestricted: "*/2" narrows, it does not add.
    private static bool Restricts(string field) => field[0] is not ('*' or '?');

    private static string With(string[] fields, Index index, string value)
    {
        var copy = fields.ToArray();
        copy[index] = value;
        return string.Join(' ', copy);
    }

    private static bool CoversTheDay(string hours)
    {
        if (hours.All(char.IsAsciiDigit))
        {
            return false;
        }

        var day = DateTime.UnixEpoch;
        return hours == "*" || CronExpression.Parse($"0 {hours} * * *").GetOccurrences(day, day.AddDays(1)).Count() == 24;
    }
}
