using Agency.Data.Companies;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agency.Data.Kpis;

/// <summary>A company and a stretch of time.</summary>
internal readonly record struct KpiSlice(CompanyId Company, DateTimeOffset From, DateTimeOffset To);

/// <summary>What <see cref="KpiSql.Runs"/> and <see cref="KpiSql.Skips"/> say of a slice.</summary>
internal sealed record RunFigures(ScheduledKpis Scheduled, ManualKpis Manual, SlaKpis Sla, WorkKpis Work);

/// <summary>
/// Runs the statements of <see cref="KpiSql"/> on a context's own connection, so with the caller's role and under row level security. Every
/// answer has one element per slice, in order.
/// </summary>
internal sealed class KpiReader(AgencyDbContext context, IReadOnlyList<KpiSlice> slices)
{
    private static readonly int DefaultSlaMinutes = new CompanyTerms { CompanyId = default, UpdatedAt = default }.SlaMinutes;

    public async Task<IReadOnlyList<RunFigures>> RunsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var skips = await SkipsAsync(cancellationToken);
        return await QueryAsync(KpiSql.Runs, row => Read(row, skips[(int)row.GetInt64(0)]), cancellationToken, now.ToUniversalTime(), DefaultSlaMinutes);
    }

    /// <summary>By workflow instead of by slice: for a reader of one slice. Why occurrences were skipped is left out.</summary>
    public Task<List<(WorkflowId Workflow, RunFigures Figures)>> RunsByWorkflowAsync(DateTimeOffset now, CancellationToken cancellationToken) => QueryAsync(
        KpiSql.RunsByWorkflow,
        row => (new WorkflowId(row.GetString(row.GetOrdinal("workflow_id"))), Read(row, [])),
        cancellationToken,
        now.ToUniversalTime(),
        DefaultSlaMinutes);

    public Task<List<EscalationKpis>> EscalationsAsync(CancellationToken cancellationToken) => QueryAsync(
        KpiSql.Escalations, row => new EscalationKpis(row.GetInt64(1), row.GetInt64(2), Optional(row, 3), Optional(row, 4)), cancellationToken);

    private async Task<ILookup<int, (string Reason, long Count)>> SkipsAsync(CancellationToken cancellationToken)
    {
        var rows = await QueryAsync(
            KpiSql.Skips, row => (Slice: (int)row.GetInt64(0), Reason: row.GetString(1), Count: row.GetInt64(2)), cancellationToken);
        return rows.ToLookup(row => row.Slice, row => (row.Reason, row.Count));
    }

    private async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] more)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(sql, (NpgsqlConnection)context.Database.GetDbConnection());
            command.Parameters.AddWithValue(slices.Select(s => s.Company.Value).ToArray());
            command.Parameters.AddWithValue(slices.Select(s => s.From.ToUniversalTime()).ToArray());
            command.Parameters.AddWithValue(slices.Select(s => s.To.ToUniversalTime()).ToArray());
            foreach (var parameter in more)
            {
                command.Parameters.AddWithValue(parameter);
            }

            var result = new List<T>(slices.Count);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                result.Add(read(reader));
            }

            return result;
        }
        finally
        {
            await context.Database.CloseConnectionAsync();
        }
    }

    private static RunFigures Read(NpgsqlDataReader row, IEnumerable<(string Reason, long Count)> skips)
    {
        long Count(string name) => row.GetInt64(row.GetOrdinal(name));
        double? Mean(string name) => Optional(row, row.GetOrdinal(name));

        var scheduled = new ScheduledKpis(
            Count("due"), Count("succeeded"), Count("failed"), Count("skipped"), Count("cancelled"), Count("open"),
            skips.ToDictionary(skip => skip.Reason, skip => skip.Count), Share(Count("succeeded"), Count("due")));
        var manual = new ManualKpis(
            Count("manual_total"), Count("manual_succeeded"), Count("manual_failed"), Count("manual_cancelled"), Count("manual_open"));
        var sla = new SlaKpis(
            Count("sla_met"), Count("sla_breached"), Count("sla_pending"), Share(Count("sla_met"), Count("sla_met") + Count("sla_breached")));
        var succeeded = scheduled.Succeeded + manual.Succeeded;
        var work = new WorkKpis(
            Share(succeeded, succeeded + scheduled.Failed + manual.Failed),
            row.GetDecimal(row.GetOrdinal("run_seconds")), Mean("mean_run_seconds"), Mean("median_run_seconds"), Mean("p95_run_seconds"),
            Count("attempts"), Mean("mean_attempts"), Count("tool_calls"), Count("tokens"));
        return new RunFigures(scheduled, manual, sla, work);
    }

    private static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;

    private static double? Optional(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
}
