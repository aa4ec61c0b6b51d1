using System.Text.RegularExpressions;

namespace Agency.HealthMonitor.Metrics;

/// <summary>How a metric may be named.</summary>
internal static partial class MetricName
{
    public const string Pattern = "^[a-z][a-z0-9_.-]{0,99}$";

    public const string Rule = "a lower-case letter, then up to 99 lower-case letters, digits, '_', '.' or '-'";

    public static bool IsValid(string name) => Regex().IsMatch(name) && !name.EndsWith('\n');

    [GeneratedRegex(Pattern)]
    private static partial Regex Regex();
}
