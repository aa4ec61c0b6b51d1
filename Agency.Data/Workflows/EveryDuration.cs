using System.Globalization;

namespace Agency.Data.Workflows;

/// <summary>Reads <c>@every 1h30m</c>: whole numbers of days, hours, minutes and seconds.</summary>
internal static class EveryDuration
{
    private const string Macro = "@every";
    private const string Rule = "Write whole numbers with d, h, m or s, from 1s to 366d: for example @every 15m or @every 1h30m.";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>Whether the text is meant as such.</summary>
    public static bool Names(string expression) =>
        expression.AsSpan().Trim() is var text && text.StartsWith(Macro, StringComparison.OrdinalIgnoreCase)
            && (text.Length == Macro.Length || !(char.IsAsciiLetterOrDigit(text[Macro.Length]) || text[Macro.Length] == '_'));

    public static Result<TimeSpan> Parse(string expression)
    {
        var duration = expression.AsSpan().Trim()[Macro.Length..].Trim();
        if (duration.IsEmpty)
        {
            return Error.Invalid($"'{expression}' is not a schedule: the duration after @every is missing. {Rule}");
        }

        var seconds = 0L;
        for (var rest = duration; !rest.IsEmpty;)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || UnitOf(rest[digits]) is not { } unit)
            {
                return Error.Invalid($"'{expression}' is not a schedule: the duration is not understood at '{rest}'. {Rule}");
            }

            // Nine digits of any unit fit, and their sum over a schedule's length too.
            if (digits > 9 || (seconds += unit * long.Parse(rest[..digits], CultureInfo.InvariantCulture)) > Longest.TotalSeconds)
            {
                return Error.Invalid($"'{expression}' is not a schedule: '{duration}' is longer than 366 days. {Rule}");
            }

            rest = rest[(digits + 1)..];
        }

        return seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : Error.Invalid($"'{expression}' is not a schedule: '{duration}' is no time at all. {Rule}");
    }

    private static long? UnitOf(char letter) => char.ToLowerInvariant(letter) switch
    {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => null,
    };
}
