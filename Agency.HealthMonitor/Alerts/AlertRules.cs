using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Auditing;
using Agency.Data.Metrics;
using Agency.HealthMonitor.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Agency.HealthMonitor.Alerts;

/// <summary>Setting a rule.</summary>
internal static class AlertRules
{
    public const int MaxRules = 100;

    public static Result<bool> Check(string metric, double threshold, int windowMinutes) =>
        !MetricName.IsValid(metric) ? Error.Invalid($"metric must be {MetricName.Rule}.")
        : !(Math.Abs(threshold) <= TrackMetric.MaxValue) ? Error.Invalid("threshold must be a finite number from -1e15 to 1e15.")
        : windowMinutes is < 1 or > 43_200 ? Error.Invalid("window_minutes must be from 1 to 43200.")
        : true;

    /// <summary>Makes the rule for the metric and comparison, or changes the one there is, also when two callers do so at once.</summary>
    public static async Task<Result<SavedAlertRule>> SaveAsync(
        ClientSession session, string metric, AlertComparison comparison, double threshold, int windowMinutes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rules = session.Context.AlertRules.Where(r => r.CompanyId == session.Id);
        if (await rules.CountAsync(cancellationToken) >= MaxRules && !await rules.AnyAsync(r => r.Metric == metric && r.Comparison == comparison, cancellationToken))
        {
            return Error.Conflict($"This client has {MaxRules} alert rules already, the most it may have: delete one with delete_alert_rule.");
        }

        await using var transaction = await session.Context.Database.BeginTransactionAsync(cancellationToken);
        var before = await rules.AsNoTracking().SingleOrDefaultAsync(r => r.Metric == metric && r.Comparison == comparison, cancellationToken);

        var saved = await WriteAsync(session, transaction, metric, comparison, threshold, windowMinutes, now, cancellationToken);
        AuditCall.Current?.Note(
            session.Context, session.Id, $"alert_rule {saved.Id}", before is null ? null : Shown(metric, comparison, before.Threshold, before.WindowMinutes),
            Shown(metric, comparison, threshold, windowMinutes));
        await transaction.CommitAsync(cancellationToken);
        return new SavedAlertRule(session.Id, saved.Id, metric, comparison, threshold, windowMinutes, saved.Created);
    }

    private static async Task<(Guid Id, bool Created)> WriteAsync(
        ClientSession session, IDbContextTransaction transaction, string metric, AlertComparison comparison, double threshold, int windowMinutes, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        // xmax is 0 in a row that was inserted and not updated.
        await using var command = new NpgsqlCommand(
            """
            insert into alert_rule (company_id, alert_rule_id, metric, comparison, threshold, window_minutes, created_at)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (company_id, metric, comparison) do update set threshold = excluded.threshold, window_minutes = excluded.window_minutes
            returning alert_rule_id, xmax = 0
            """,
            (NpgsqlConnection)session.Context.Database.GetDbConnection(),
            (NpgsqlTransaction)transaction.GetDbTransaction());
        object[] values = [session.Id.Value, Guid.CreateVersion7(now), metric, SnakeCase.Of(comparison), threshold, windowMinutes, now.ToUniversalTime()];
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetGuid(0), reader.GetBoolean(1));
    }

    private static string Shown(string metric, AlertComparison comparison, double threshold, int windowMinutes) => AuditJson.Write(new JsonObject
    {
        ["metric"] = metric,
        ["comparison"] = SnakeCase.Of(comparison),
        ["threshold"] = threshold,
        ["window_minutes"] = windowMinutes,
    });
}
