using System.Globalization;
using Cronos;

namespace Agency.Data.Workflows;

/// <summary>Finds what is wrong in a cron expression, and where. What is right is the parser's to say: each field is shown to it alone.</summary>
/// <param name="Name">What the field is called.</param>
/// <param name="Min">Smallest number.</param>
/// <param name="Max">Largest number.</param>
/// <param name="Allowed">Everything that may be written, in words.</param>
/// <param name="Example">A right one and what it means.</param>
internal sealed record CronField(string Name, int Min, int Max, string Allowed, string Example)
{
    private static readonly CronField[] All =
    [
        new("second", 0, 59, "0 to 59", "'*/10' (every ten seconds)"),
        new("minute", 0, 59, "0 to 59", "'*/15' (every quarter of an hour)"),
        new("hour", 0, 23, "0 to 23", "'9-17' (from nine to five)"),
        new("day of month", 1, 31, "1 to 31, L (the last day), L-3 (three days before it), LW (the last weekday), 15W (the weekday nearest the 15th)", "'1,15'"),
        new("month", 1, 12, "1 to 12 or JAN to DEC", "'JAN-MAR'"),
        new("day of week", 0, 7, "0 to 7 (0 and 7 are Sunday) or SUN to SAT, 5L (the last Friday), 2#1 (the first Tuesday)", "'MON-FRI'"),
    ];

    /// <param name="fields">Five, or six with seconds first.</param>
    /// <returns>The first field that is wrong with its offending part, or null when each is right.</returns>
    public static string? FirstProblem(string[] fields)
    {
        for (var index = 0; index < fields.Length; index++)
        {
            var kind = All.Length - fields.Length + index;
            if (!IsRight(fields[index], kind))
            {
                return All[kind].Problem(fields[index], index + 1, kind);
            }
        }

        return null;
    }

    /// <summary>Whether the parser says so that an expression is wrong.</summary>
    public static bool IsRefusal(Exception e) => e is FormatException or MissingSeedException or ArgumentException;

    private string Problem(string field, int number, int kind)
    {
        var part = field.Split(',').FirstOrDefault(item => !IsRight(item, kind)) ?? field;
        var within = part == field ? "" : $" in '{field}'";
        return $"field {number} ({Name}), '{part}'{within}: {Reason(part)}. Allowed: {Allowed}; also *, lists with commas, ranges such as "
            + $"{Min}-{Min + 3}, steps such as */2. For example {Example}.";
    }

    private string Reason(string part)
    {
        if (part.Length == 0)
        {
            return "nothing stands between two commas";
        }

        if (part is ['H' or 'h'] or ['H' or 'h', '(' or '/', ..])
        {
            return "H, a value that the scheduler picks, is not supported; write a number, and spread the load with a jitter";
        }

        var (range, step) = part.Split('/') is [var left, var right] ? (left, right) : (part, null);
        if (step is not null && !(Number(step) > 0))
        {
            return $"the step '{step}' is not a number above 0";
        }

        var outside = range.Split('-').FirstOrDefault(bound => Number(bound) is { } value && (value < Min || value > Max));
        return outside is not null ? $"{outside} is out of range"
            : step is not null && Number(step) > Max ? $"the step {step} is out of range"
            : "it is not understood";
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static bool IsRight(string field, int kind)
    {
        if (field == "*")
        {
            return true;
        }

        string[] fields = ["0", "*", "*", "*", "*", "*"];
        fields[kind] = field;
        try
        {
            CronExpression.Parse(string.Join(' ', fields), CronFormat.IncludeSeconds);
            return true;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return false;
        }
    }
}
