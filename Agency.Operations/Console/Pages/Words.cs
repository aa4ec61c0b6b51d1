using System.Globalization;
using Agency.Data;

namespace Agency.Operations.Console.Pages;

/// <summary>Times, durations and names in words. The page's script keeps the relative times up to date by the same rule.</summary>
internal static class Words
{
    /// <summary>Such as "in 12 s", "3 min ago"; always in the largest unit that gives at least one, rounded down.</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var seconds = Math.Floor((at - now).Duration().TotalSeconds);
        if (seconds < 1)
        {
            return "now";
        }

        var text = seconds switch
        {
            < 60 => Number(seconds, "s"),
            < 3600 => Number(seconds / 60, "min"),
            < 86_400 => Number(seconds / 3600, "h"),
            _ => Number(seconds / 86_400, "d"),
        };
        return at > now ? "in " + text : text + " ago";
    }

    public static string Absolute(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Iso(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => Math.Max(0, time.TotalSeconds) switch
    {
        < 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalMilliseconds):0} ms"),
        < 59.95 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        < 3599.5 and var seconds => string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(seconds) / 60} min {(int)Math.Round(seconds) % 60} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
    };

    /// <summary>An enumeration's member as people read it: <c>CatchUp</c> is "catch up".</summary>
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => SnakeCase.Of(value).Replace('_', ' ');

    public static string Short(RunId run) => run.ToString()[^12..];

    /// <summary>The beginning of a long text.</summary>
    public static string Excerpt(string text, int length = 240) => text.Length <= length ? text : text[..length] + "…";

    private static string Number(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(value):0} {unit}");
}
