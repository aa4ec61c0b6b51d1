using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data;
using Agency.Data.Metrics;
using Agency.HealthMonitor.Metrics;
using Agency.ServiceDefaults.Mcp;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol.Server;

namespace Agency.HealthMonitor.Alerts;

/// <param name="Created">False: a rule for this metric and comparison existed and was changed.</param>
internal sealed record SavedAlertRule(
    CompanyId Client, Guid AlertRuleId, string Metric, AlertComparison Comparison, double Threshold, int WindowMinutes, bool Created);

/// <param name="ActiveSince">When its alert fired; null when none is active.</param>
internal sealed record AlertRuleInfo(
    CompanyId Client, Guid AlertRuleId, string Metric, AlertComparison Comparison, double Threshold, int WindowMinutes, DateTimeOffset? ActiveSince, string? ActiveMessage);

internal sealed record DeletedAlertRule(CompanyId Client, Guid AlertRuleId);

internal sealed record AlertChecks(CompanyId Client, DateTimeOffset CheckedAt, IReadOnlyList<AlertCheck> Items);

/// <summary>Limits on metrics.</summary>
[McpServerToolType]
internal sealed class AlertTools(ClientAccess clients, AlertEvaluator evaluator, TimeProvider time)
{
    private const int MaxWindowMinutes = 43_200;

    [McpServerTool(Name = "alert_on_threshold", Title = "Alert on a threshold", ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description(
        "Sets a limit on a metric of a client: when the metric is above or below it, an alert fires once, the agency's people are notified, and the alert ends by itself when the metric is "
        + "within the limit again. Of a recorded metric the mean of the window is compared, of a built-in one its value for the runs due in the window. Checked every minute and by check_alerts. "
        + "A client has one rule for a metric and comparison: calling again changes its threshold and window. The limit itself does not count as crossed.")]
    public async Task<SavedAlertRule> AlertOnThresholdAsync(
        [Description(Instructions.Metric)][RegularExpression(MetricName.Pattern)] string metric,
        [Description("above: fires when the value is greater than the threshold; below: when it is smaller.")] AlertComparison comparison,
        [Description("The limit, in the metric's unit; for a ratio such as success_rate from 0 to 1.")] double threshold,
        [Description(Instructions.Client)] string? client = null,
        [Description("Minutes back from now that are looked at, 1 to 43200 (30 days).")][Range(1, MaxWindowMinutes)] int windowMinutes = 60,
        CancellationToken cancellationToken = default)
    {
        AlertRules.Check(metric, threshold, windowMinutes).OrThrow();
        await using var session = await clients.OpenAsync(client, cancellationToken);
        return await AlertRules.SaveAsync(session, metric, comparison, threshold, windowMinutes, time.GetUtcNow(), cancellationToken).OrThrow();
    }

    [McpServerTool(Name = "list_alert_rules", Title = "List alert rules", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("The alert rules of a client, by id, each with its active alert if it has one.")]
    public async Task<Page<AlertRuleInfo>> ListAlertRulesAsync(
        [Description(Instructions.Client)] string? client = null,
        [Description("How many at most.")][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        [Description("next_cursor of the previous page.")] string? cursor = null,
        CancellationToken cancellationToken = default)
    {
        var after = Cursor.Decode<RulePosition>(cursor).OrThrow()?.After ?? Guid.Empty;
        await using var session = await clients.OpenAsync(client, cancellationToken);
        var context = session.Context;
        var rows = await context.AlertRules.AsNoTracking()
            .Where(r => r.CompanyId == session.Id && r.AlertRuleId > after)
            .OrderBy(r => r.AlertRuleId)
            .Take(limit + 1)
            .Select(r => new { Rule = r, Active = context.Alerts.FirstOrDefault(a => a.CompanyId == r.CompanyId && a.AlertRuleId == r.AlertRuleId && a.ClearedAt == null) })
            .ToListAsync(cancellationToken);
        var items = rows.Select(r => new AlertRuleInfo(
            r.Rule.CompanyId, r.Rule.AlertRuleId, r.Rule.Metric, r.Rule.Comparison, r.Rule.Threshold, r.Rule.WindowMinutes, r.Active?.FiredAt, r.Active?.Message));
        return Page.From(items.ToArray(), limit, r => new RulePosition(r.AlertRuleId));
    }

    [McpServerTool(Name = "delete_alert_rule", Title = "Delete an alert rule", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Deletes an alert rule of a client together with its alerts, past ones included. Notifications that were made stay.")]
    public async Task<DeletedAlertRule> DeleteAlertRuleAsync(
        [Description("alert_rule_id from list_alert_rules.")] Guid alertRuleId,
        [Description(Instructions.Client)] string? client = null,
        CancellationToken cancellationToken = default)
    {
        await using var session = await clients.OpenAsync(client, cancellationToken);
        var deleted = await session.Context.AlertRules
            .Where(r => r.CompanyId == session.Id && r.AlertRuleId == alertRuleId)
            .ExecuteDeleteAsync(cancellationToken);
        Result<DeletedAlertRule> result = deleted > 0
            ? new DeletedAlertRule(session.Id, alertRuleId)
            : Error.NotFound($"This client has no alert rule {alertRuleId}. list_alert_rules shows those there are.");
        return result.OrThrow();
    }

    [McpServerTool(Name = "check_alerts", Title = "Check alerts now", ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description(
        "Checks all alert rules of a client now instead of within the next minute, and says of each: value, state (ok, firing, no_data), and whether this check fired or ended its alert. "
        + "no_data: nothing was measured in the window, so nothing changes.")]
    public async Task<AlertChecks> CheckAlertsAsync([Description(Instructions.Client)] string? client = null, CancellationToken cancellationToken = default)
    {
        await using var session = await clients.OpenAsync(client, cancellationToken);
        return new AlertChecks(session.Id, time.GetUtcNow(), await evaluator.EvaluateAsync(session.Context, session.Id, cancellationToken));
    }

    private sealed record RulePosition(Guid After);
}
