using System.Globalization;
using System.Text.RegularExpressions;
using Agency.Data;

namespace Agency.Operations;

/// <summary>Points in time as the database keeps them (microseconds, UTC) and as callers write them.</summary>
internal static partial class Instants
{
    public const string Rule = "an instant with its UTC offset, such as 2026-11-23T09:00:00Z";

    public static DateTimeOffset Now(this TimeProvider time) => ToMicroseconds(time.GetUtcNow());

    /// <summary>Without an offset an instant would mean something else on every machine: refused.</summary>
    public static bool TryParse(string? text, out DateTimeOffset instant)
    {
        instant = default;
        if (text is null || !WithOffset().IsMatch(text)
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)
            || parsed.UtcDateTime.Year is < 1970 or > 9000)
        {
            return false;
        }

        instant = ToMicroseconds(parsed);
        return true;
    }

    /// <summary>An argument that may be left out.</summary>
    public static Result<DateTimeOffset?> ParseOptional(string argument, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return (DateTimeOffset?)null;
        }

        return TryParse(text, out var instant) ? instant : Error.Invalid($"{argument} must be {Rule}.");
    }

    private static DateTimeOffset ToMicroseconds(DateTimeOffset instant)
    {
        var utc = instant.UtcTicks;
        return new DateTimeOffset(utc - (utc % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$")]
    private static partial Regex WithOffset();
}
