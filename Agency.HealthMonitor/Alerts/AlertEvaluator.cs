using Agency.Data;
using Agency.Data.Companies;
using Agency.Data.Metrics;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agency.HealthMonitor.Alerts;

/// <summary>
/// Judges alert rules. A crossed limit makes one alert, whoever else is checking: the database allows one active alert a rule, and its notification
/// is written by the same statement. The alert ends when a later check finds the metric within its limit.
/// </summary>
internal sealed class AlertEvaluator(TimeProvider time)
{
    /// <summary>All rules that <paramref name="context"/> sees of active companies, or those of one company, by metric.</summary>
    public async Task<IReadOnlyList<AlertCheck>> EvaluateAsync(AgencyDbContext context, CompanyId? company, CancellationToken cancellationToken)
    {
        var rules = await context.AlertRules.AsNoTracking()
            .Where(rule => company == null || rule.CompanyId == company)
            .Where(rule => context.Companies.Any(c => c.CompanyId == rule.CompanyId && c.Status == CompanyStatus.Active))
            .OrderBy(rule => rule.CompanyId).ThenBy(rule => rule.Metric).ThenBy(rule => rule.Comparison)
            .ToListAsync(cancellationToken);
        if (rules.Count == 0)
        {
            return [];
        }

        var now = time.GetUtcNow();
        var values = await new MetricValues(context, now).ReadAsync(rules, cancellationToken);
        var checks = new List<AlertCheck>(rules.Count);
        foreach (var rule in rules)
        {
            double? value = values.TryGetValue(rule.AlertRuleId, out var found) ? found : null;
            var state = AlertCheck.Judge(rule, value);
            var fired = state == AlertState.Firing && await FireAsync(context, rule, value!.Value, now, cancellationToken);
            var cleared = state == AlertState.Ok && await ClearAsync(context, rule, now, cancellationToken);
            checks.Add(AlertCheck.Of(rule, value, state, fired, cleared));
        }

        return checks;
    }

    private static async Task<bool> FireAsync(AgencyDbContext context, AlertRule rule, double value, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var message = AlertCheck.Message(rule, value);
        var subject = $"Alert: {rule.Metric} of {rule.CompanyId} is {SnakeCase.Of(rule.Comparison)} its limit";
        try
        {
            return await context.Database.ExecuteSqlAsync(
                $"""
                with fired as (
                    insert into alert (company_id, alert_id, alert_rule_id, value, message, fired_at)
                    select r.company_id, {Guid.CreateVersion7(now)}, r.alert_rule_id, {value}, {message}, {now}
                    from alert_rule r where r.company_id = {rule.CompanyId.Value} and r.alert_rule_id = {rule.AlertRuleId}
                    on conflict (company_id, alert_rule_id) where cleared_at is null do nothing
                    returning company_id)
                insert into notification (company_id, notification_id, kind, subject, body, created_at)
                select company_id, {Guid.CreateVersion7(now)}, 'alert_fired', {subject}, {message}, {now} from fired
                """,
                cancellationToken) > 0;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // The rule was deleted in this very moment.
            return false;
        }
    }

    private static async Task<bool> ClearAsync(AgencyDbContext context, AlertRule rule, DateTimeOffset now, CancellationToken cancellationToken) =>
        await context.Alerts
            .Where(a => a.CompanyId == rule.CompanyId && a.AlertRuleId == rule.AlertRuleId && a.ClearedAt == null && a.FiredAt <= now)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.ClearedAt, now), cancellationToken) > 0;
}
