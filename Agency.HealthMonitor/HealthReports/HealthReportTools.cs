using System.ComponentModel;
using Agency.Data.Kpis;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol.Server;

namespace Agency.HealthMonitor.HealthReports;

/// <summary>One client's state, for a person who asks how it goes.</summary>
[McpServerToolType]
internal sealed class HealthReportTools(ClientAccess clients, Prices prices, TimeProvider time)
{
    [McpServerTool(Name = "get_health_report", Title = "Get a client's health report", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description(
        "How a client's work goes: a status word with reasons, the key figures of the period (as get_company_metrics), a summary of recorded metrics in the period, active alerts, escalated workflows and stuck runs "
        + "(up to 50 of each). status: critical when a workflow is escalated or a run is stuck; else warning when an alert is active, an escalation is not resolved, or SLA compliance or success rate is below 95 %; "
        + "else no_data when no run of the period ended or was judged; else healthy. Stuck: queued for more than 15 minutes past its time, waiting for more than 24 hours, or running with a lease that ended more than a minute ago.")]
    public async Task<HealthReport> GetHealthReportAsync(
        [Description(Instructions.Client)] string? client = null,
        [Description("The period of the key figures and metrics, in calendar days of the client's time zone; without it last_7_days.")] NamedPeriod? period = null,
        CancellationToken cancellationToken = default)
    {
        await using var session = await clients.OpenAsync(client, cancellationToken);
        var (context, id, now) = (session.Context, session.Id, time.GetUtcNow());
        var kpis = await KpiQueries.ComputeAsync(context, id, PeriodChoice.Named(period ?? NamedPeriod.Last7Days), prices, now, cancellationToken)
            ?? throw new InvalidOperationException("The company vanished between two statements.");
        var metrics = await context.MetricSamples
            .Where(m => m.CompanyId == id && m.At >= kpis.From && m.At < kpis.To)
            .GroupBy(m => m.Name)
            .OrderBy(g => g.Key)
            .Take(StuckRuns.MaxShown)
            .Select(g => new MetricSummary(
                g.Key, g.Max(m => m.Unit), g.LongCount(), g.Average(m => m.Value), g.Min(m => m.Value), g.Max(m => m.Value), g.Max(m => m.At)))
            .ToListAsync(cancellationToken);
        var alerts = await context.Alerts
            .Where(a => a.CompanyId == id && a.ClearedAt == null)
            .OrderByDescending(a => a.FiredAt)
            .Take(StuckRuns.MaxShown)
            .Select(a => new ActiveAlert(a.AlertId, a.AlertRuleId, a.Message, a.Value, a.FiredAt))
            .ToListAsync(cancellationToken);
        var escalated = await StuckRuns.EscalatedAsync(context, id, cancellationToken);
        var stuck = await StuckRuns.FindAsync(context, id, now, cancellationToken);
        var (status, reasons) = HealthRules.Judge(kpis, escalated.Count, stuck.Count, alerts.Count);
        return new HealthReport(id, status, reasons, kpis, metrics, alerts, escalated, stuck);
    }
}
