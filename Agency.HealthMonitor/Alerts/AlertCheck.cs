using System.Globalization;
using Agency.Data;
using Agency.Data.Metrics;

namespace Agency.HealthMonitor.Alerts;

/// <summary>What a check found of a rule.</summary>
internal enum AlertState
{
    /// <summary>Within the limit.</summary>
    Ok,

    /// <summary>The limit is crossed.</summary>
    Firing,

    /// <summary>Nothing was measured in the window: an active alert stays, none is made.</summary>
    NoData,
}

/// <summary>One rule and what a check found.</summary>
/// <param name="Value">The mean over the window, or the present value of a metric without history; null when there is none.</param>
/// <param name="Fired">This check made the alert.</param>
/// <param name="Cleared">This check ended the alert.</param>
internal sealed record AlertCheck(
    CompanyId Client,
    Guid AlertRuleId,
    string Metric,
    AlertComparison Comparison,
    double Threshold,
    int WindowMinutes,
    double? Value,
    AlertState State,
    bool Fired,
    bool Cleared)
{
    /// <summary>A value on the limit itself does not cross it.</summary>
    public static AlertState Judge(AlertRule rule, double? value)
    {
        if (value is not { } v)
        {
            return AlertState.NoData;
        }

        var crossed = rule.Comparison == AlertComparison.Above ? v > rule.Threshold : v < rule.Threshold;
        return crossed ? AlertState.Firing : AlertState.Ok;
    }

    public static AlertCheck Of(AlertRule rule, double? value, AlertState state, bool fired, bool cleared) =>
        new(rule.CompanyId, rule.AlertRuleId, rule.Metric, rule.Comparison, rule.Threshold, rule.WindowMinutes, value, state, fired, cleared);

    public static string Message(AlertRule rule, double value) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rule.Metric} of {rule.CompanyId} is {value:0.####}, {SnakeCase.Of(rule.Comparison)} its limit of {rule.Threshold:0.####} (window of {rule.WindowMinutes} min).");
}
