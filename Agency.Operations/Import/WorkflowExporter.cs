using System.Text.Encodings.Web;
using System.Text.Json;
using Agency.Data;
using Agency.Data.Workflows;
using Agency.Operations.Registry;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Import;

/// <summary>Workflows as a file that import_workflows takes.</summary>
/// <param name="Count">How many.</param>
/// <param name="Content">The file: a JSON array.</param>
internal sealed record ExportedWorkflows(int Count, string Content);

/// <summary>Writes the original's format, with our own fields beside its.</summary>
internal sealed class WorkflowExporter(CompanyScope companies, CallerDatabase database)
{
    private const int ShownHistory = 100;

    private static readonly JsonSerializerOptions Json =
        new(AgencyJson.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<Result<ExportedWorkflows>> ExportAsync(string? client, CancellationToken cancellationToken)
    {
        var scope = companies.ResolveOptional(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        await using var context = database.Open(scope.Value);
        if (scope.Value is { } company && await context.FindCompanyAsync(company, cancellationToken) is { IsSuccess: false } unknown)
        {
            return unknown.Error!;
        }

        var workflows = context.Workflows.AsNoTracking().Where(w => w.DeletedAt == null);
        var rows = await workflows.OrderBy(w => w.CompanyId).ThenBy(w => w.WorkflowId).WithLastRun(context).ToListAsync(cancellationToken);
        var history = await context.ReadHistoryAsync(workflows, ShownHistory, cancellationToken);
        var entries = rows.ConvertAll(row => Entry(row.Workflow, row.LastRun, history[row.Workflow.Key()].Reverse()));
        return new ExportedWorkflows(entries.Count, JsonSerializer.Serialize(entries, Json));
    }

    private static object Entry(Workflow w, DateTimeOffset? lastRun, IEnumerable<HistoryLine> history) => new
    {
        Id = w.WorkflowId,
        Client = w.CompanyId,
        w.Type,
        w.Status,
        w.Schedule,
        NextRun = w.NextRun?.UtcDateTime,
        LastRun = lastRun?.UtcDateTime,
        w.FailureCount,
        History = history.Select(line => new { Timestamp = line.Timestamp.UtcDateTime, line.Type, line.Message }),
        w.StatusMessage,
        w.TimeZone,
        w.Inputs,
        w.TimeoutSeconds,
        w.SlaMinutes,
        StartAt = w.StartAt?.UtcDateTime,
        EndAt = w.EndAt?.UtcDateTime,
        w.JitterSeconds,
        w.DstGap,
        w.DstOverlap,
        w.ObserveCalendar,
        w.CatchUp,
        w.CatchUpWindowMinutes,
        w.Overlap,
        w.MaxConcurrentRuns,
        w.Priority,
        w.MaxAttempts,
        w.RetryInitialSeconds,
        w.RetryFactor,
        w.RetryMaxSeconds,
        w.RetryJitter,
        w.RetryDeadlineSeconds,
        w.NonRetryable,
    };
}
