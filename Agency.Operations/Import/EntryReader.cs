using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;
using Agency.Operations.Registry;

namespace Agency.Operations.Import;

/// <summary>Reads one definition, field by field, so that all that is wrong is told at once.</summary>
internal static class EntryReader
{
    private const int MaxHistory = 1000;

    private static readonly string[] Fields =
    [
        "id", "client", "type", "status", "schedule", "next_run", "last_run", "failure_count", "history",
        "status_message", "time_zone", "inputs", "max_attempts", "retry_initial_seconds", "timeout_seconds", "sla_minutes",
        "start_at", "end_at", "jitter_seconds", "dst_gap", "dst_overlap", "observe_calendar", "catch_up", "catch_up_window_minutes",
        "overlap", "max_concurrent_runs", "priority",
        "retry_factor", "retry_max_seconds", "retry_jitter", "retry_deadline_seconds", "non_retryable",
    ];

    /// <summary>The definition, or null when it has a problem.</summary>
    public static ImportEntry? Read(JsonElement element, int position, List<ImportProblem> problems, List<string> warnings)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            problems.Add(new ImportProblem(position, "", "a workflow definition must be an object."));
            return null;
        }

        string[] given = [.. element.EnumerateObject().Select(p => p.Name)];
        foreach (var unknown in given.Where(name => !Fields.Contains(name)).Take(10))
        {
            warnings.Add($"entry {position}: the field '{FieldReader.Shorten(unknown)}' is not known and was left out.");
        }

        var before = problems.Count;
        var entry = Read(new FieldReader(position, element, problems), position, given);
        return problems.Count == before ? entry : null;
    }

    private static ImportEntry Read(FieldReader fields, int position, string[] given)
    {
        var client = fields.Slug("client", CompanyId.Rule, text => CompanyId.TryParse(text, out _)) is { } company ? new CompanyId(company) : default;
        var id = fields.Slug("id", WorkflowId.Rule, text => WorkflowId.TryParse(text, out _)) is { } workflow ? new WorkflowId(workflow) : default;
        var type = fields.Slug("type", "the name of a procedure, " + WorkflowId.Rule, text => WorkflowRules.CheckType(text) is null) ?? "";
        var zone = fields.Text("time_zone", 64);
        var schedule = fields.Text("schedule", WorkflowRules.MaxScheduleLength);
        if (zone is not null && Schedule.FindZone(zone).Error is { } badZone)
        {
            fields.Problem("time_zone", badZone.Message);
        }
        else if (WorkflowRules.ReadSchedule(schedule, zone, "UTC").Error is { } badSchedule)
        {
            fields.Problem("schedule", badSchedule.Message);
        }

        return new ImportEntry
        {
            Position = position,
            Client = client,
            Id = id,
            Type = type,
            Given = given.ToHashSet(StringComparer.Ordinal),
            Status = fields.Choice<WorkflowStatus>("status"),
            StatusMessage = fields.Text("status_message", FieldReader.MaxText),
            Schedule = schedule,
            TimeZone = zone,
            NextRun = fields.Instant("next_run"),
            LastRun = fields.Instant("last_run"),
            FailureCount = fields.Number("failure_count", 0, int.MaxValue) ?? 0,
            History = History(fields),
            Inputs = Inputs(fields),
            TimeoutSeconds = fields.Number("timeout_seconds", 1, WorkflowRules.MaxTimeoutSeconds),
            SlaMinutes = fields.Number("sla_minutes", 1, WorkflowRules.MaxSlaMinutes),
            StartAt = fields.Instant("start_at"),
            EndAt = fields.Instant("end_at"),
            JitterSeconds = fields.Number("jitter_seconds", 0, WorkflowRules.MaxJitterSeconds),
            DstGap = fields.Choice<DstGap>("dst_gap"),
            DstOverlap = fields.Choice<DstOverlap>("dst_overlap"),
            ObserveCalendar = fields.Flag("observe_calendar"),
            CatchUp = fields.Choice<CatchUpPolicy>("catch_up"),
            CatchUpWindowMinutes = fields.Number("catch_up_window_minutes", 1, Workflow.MaxCatchUpWindowMinutes),
            Overlap = fields.Choice<OverlapPolicy>("overlap"),
            MaxConcurrentRuns = fields.Number("max_concurrent_runs", 1, WorkflowRules.MaxConcurrentRuns),
            Priority = fields.Number("priority", WorkflowRules.MinPriority, WorkflowRules.MaxPriority),
            MaxAttempts = fields.Number("max_attempts", 1, WorkflowRules.MaxAttempts),
            RetryInitialSeconds = fields.Number("retry_initial_seconds", 1, WorkflowRules.MaxRetrySeconds),
            RetryFactor = fields.Fraction("retry_factor", WorkflowRules.MinRetryFactor, WorkflowRules.MaxRetryFactor),
            RetryMaxSeconds = fields.Number("retry_max_seconds", 1, WorkflowRules.MaxRetrySeconds),
            RetryJitter = fields.Fraction("retry_jitter", 0, 1),
            RetryDeadlineSeconds = fields.Number("retry_deadline_seconds", 1, WorkflowRules.MaxRetryDeadlineSeconds),
            NonRetryable = fields.Choices<RetryableKind>("non_retryable")?.Distinct().Order().Select(kind => SnakeCase.Parse<RunErrorKind>(SnakeCase.Of(kind))).ToArray(),
        };
    }

    private static JsonElement? Inputs(FieldReader fields)
    {
        var inputs = WorkflowRules.ReadInputs(fields.Value("inputs") is { } value ? JsonNode.Parse(value.GetRawText()) : null);
        if (!inputs.IsSuccess)
        {
            fields.Problem("inputs", inputs.Error.Message);
            return null;
        }

        return inputs.Value;
    }

    private static List<HistoryLine> History(FieldReader fields)
    {
        var lines = new List<HistoryLine>();
        if (fields.Value("history") is not { } history)
        {
            return lines;
        }

        if (history.ValueKind is not JsonValueKind.Array || history.GetArrayLength() > MaxHistory)
        {
            fields.Problem("history", $"must be an array of at most {MaxHistory} lines.");
            return lines;
        }

        var index = 0;
        foreach (var line in history.EnumerateArray())
        {
            if (line.ValueKind is JsonValueKind.Object
                && Instants.TryParse(StringOf(line, "timestamp"), out var timestamp)
                && StringOf(line, "type") is { Length: > 0 and <= 50 } type
                && StringOf(line, "message") is { Length: <= FieldReader.MaxText } message
                && !(type + message).Contains('\0', StringComparison.Ordinal))
            {
                lines.Add(new HistoryLine(timestamp, type, message));
            }
            else
            {
                fields.Problem($"history[{index}]", $"must have timestamp ({Instants.Rule}), type (at most 50 characters) and message (at most {FieldReader.MaxText}).");
            }

            index++;
        }

        return lines;
    }

    private static string? StringOf(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
