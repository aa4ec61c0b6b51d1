using Agency.Data;
using Agency.Data.Escalations;
using Agency.Data.Kpis;
using Agency.Data.Metrics;
using Agency.HealthMonitor.Metrics;
using Microsoft.EntityFrameworkCore;

namespace Agency.HealthMonitor.Alerts;

/// <summary>
/// The values that rules are judged by, read for all rules that share a window at once. Of a recorded metric the mean of the values after the window's
/// begin and up to now; of a built-in one its value for the runs that were due in the window, or its present value.
/// </summary>
internal sealed class MetricValues(AgencyDbContext context, DateTimeOffset now)
{
    private static readonly Prices NoPrices = new(0, 0, "EUR");

    public async Task<IReadOnlyDictionary<Guid, double>> ReadAsync(IReadOnlyCollection<AlertRule> rules, CancellationToken cancellationToken)
    {
        var values = new Dictionary<Guid, double>();
        foreach (var window in rules.GroupBy(rule => rule.WindowMinutes))
        {
            var from = now.AddMinutes(-window.Key);
            await RecordedAsync([.. window.Where(rule => BuiltInMetric.Find(rule.Metric) is null)], from, values, cancellationToken);
            await MeasuredAsync([.. window.Where(rule => BuiltInMetric.Find(rule.Metric)?.OfPeriod is not null)], from, values, cancellationToken);
        }

        await PresentAsync([.. rules.Where(rule => BuiltInMetric.Find(rule.Metric) is { OfPeriod: null })], values, cancellationToken);
        return values;
    }

    private async Task RecordedAsync(AlertRule[] rules, DateTimeOffset from, Dictionary<Guid, double> values, CancellationToken cancellationToken)
    {
        if (rules.Length == 0)
        {
            return;
        }

        var (companies, metrics) = (Companies(rules), rules.Select(rule => rule.Metric).Distinct().ToArray());
        var means = await context.MetricSamples
            .Where(m => companies.Contains(m.CompanyId) && metrics.Contains(m.Name) && m.At > from && m.At <= now)
            .GroupBy(m => new { m.CompanyId, m.Name })
            .Select(g => new { g.Key.CompanyId, g.Key.Name, Mean = g.Average(m => m.Value) })
            .ToDictionaryAsync(g => (g.CompanyId, g.Name), g => g.Mean, cancellationToken);
        foreach (var rule in rules)
        {
            if (means.TryGetValue((rule.CompanyId, rule.Metric), out var mean))
            {
                values[rule.AlertRuleId] = mean;
            }
        }
    }

    private async Task MeasuredAsync(AlertRule[] rules, DateTimeOffset from, Dictionary<Guid, double> values, CancellationToken cancellationToken)
    {
        if (rules.Length == 0)
        {
            return;
        }

        var period = PeriodChoice.Between(from, now).Value;
        var kpis = (await KpiQueries.ComputeManyAsync(context, Companies(rules), period, NoPrices, now, cancellationToken)).ToDictionary(k => k.Client);
        foreach (var rule in rules)
        {
            if (kpis.TryGetValue(rule.CompanyId, out var k)
                && BuiltInMetric.Find(rule.Metric)!.OfPeriod!(new Figures(k.Scheduled, k.Manual, k.Sla, k.Work)) is { } value)
            {
                values[rule.AlertRuleId] = value;
            }
        }
    }

    private async Task PresentAsync(AlertRule[] rules, Dictionary<Guid, double> values, CancellationToken cancellationToken)
    {
        if (rules.Length == 0)
        {
            return;
        }

        var companies = Companies(rules);
        var queued = await context.QueuedRuns
            .Where(r => companies.Contains(r.CompanyId) && r.AvailableAt <= now)
            .GroupBy(r => r.CompanyId).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var escalations = await context.Escalations
            .Where(e => companies.Contains(e.CompanyId) && e.Status != EscalationStatus.Resolved)
            .GroupBy(e => e.CompanyId).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        foreach (var rule in rules)
        {
            values[rule.AlertRuleId] = (rule.Metric == BuiltInMetric.QueuedRuns ? queued : escalations).GetValueOrDefault(rule.CompanyId);
        }
    }

    private static CompanyId[] Companies(AlertRule[] rules) => [.. rules.Select(rule => rule.CompanyId).Distinct()];
}
