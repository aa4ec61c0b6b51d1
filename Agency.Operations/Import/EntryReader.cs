using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Workflows;
using Agency.Operations.Registry;

namespace Agency.Operations.Import;

/// <summary>Reads one definition, field by field, so that all that is wrong is told at once.</summary>
internal sealed class EntryReader
{
    private const int MaxHistory = 1000;
    private const int MaxText = 4000;

    private static readonly string[] Fields =
    [
        "id", "client", "type", "status", "schedule", "next_run", "last_run", "failure_count", "history",
        "status_message", "time_zone", "inputs", "max_attempts", "retry_initial_seconds", "timeout_seconds", "sla_minutes",
    ];

    private readonly int _position;
    private readonly JsonElement _element;
    private readonly List<ImportProblem> _problems;

    private EntryReader(int position, JsonElement element, List<ImportProblem> problems) => (_position, _element, _problems) = (position, element, problems);

    /// <summary>The definition, or null when it has a problem.</summary>
    public static ImportEntry? Read(JsonElement element, int position, List<ImportProblem> problems, List<string> warnings)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            problems.Add(new ImportProblem(position, "", "a workflow definition must be an object."));
            return null;
        }

        foreach (var unknown in element.EnumerateObject().Select(p => p.Name).Where(name => !Fields.Contains(name)).Take(10))
        {
            warnings.Add($"entry {position}: the field '{Shorten(unknown)}' is not known and was left out.");
        }

        var before = problems.Count;
        var entry = new EntryReader(position, element, problems).Read();
        return problems.Count == before ? entry : null;
    }

    private ImportEntry Read()
    {
        var client = Slug("client", CompanyId.Rule, text => CompanyId.TryParse(text, out _)) is { } company ? new CompanyId(company) : default;
        var id = Slug("id", WorkflowId.Rule, text => WorkflowId.TryParse(text, out _)) is { } workflow ? new WorkflowId(workflow) : default;
        var type = Slug("type", "the name of a procedure, " + WorkflowId.Rule, text => WorkflowRules.CheckType(text) is null) ?? "";
        var zone = Text("time_zone", 64);
        var schedule = Text("schedule", WorkflowRules.MaxScheduleLength);
        if (zone is not null && Schedule.FindZone(zone).Error is { } badZone)
        {
            Problem("time_zone", badZone.Message);
        }
        else if (WorkflowRules.ReadSchedule(schedule, zone, "UTC").Error is { } badSchedule)
        {
            Problem("schedule", badSchedule.Message);
        }

        return new ImportEntry
        {
            Position = _position,
            Client = client,
            Id = id,
            Type = type,
            Given = _element.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal),
            Status = Status(),
            StatusMessage = Text("status_message", MaxText),
            Schedule = schedule,
            TimeZone = zone,
            NextRun = Instant("next_run"),
            LastRun = Instant("last_run"),
            FailureCount = Number("failure_count", 0, int.MaxValue) ?? 0,
            History = History(),
            Inputs = Inputs(),
            MaxAttempts = Number("max_attempts", 1, WorkflowRules.MaxAttempts),
            RetryInitialSeconds = Number("retry_initial_seconds", 1, WorkflowRules.MaxRetrySeconds),
            TimeoutSeconds = Number("timeout_seconds", 1, WorkflowRules.MaxTimeoutSeconds),
            SlaMinutes = Number("sla_minutes", 1, WorkflowRules.MaxSlaMinutes),
        };
    }

    private string? Slug(string field, string rule, Func<string, bool> valid)
    {
        if (Value(field) is { ValueKind: JsonValueKind.String } value && valid(value.GetString()!))
        {
            return value.GetString();
        }

        Problem(field, Value(field) is null ? $"is missing: give {rule}." : $"must be {rule}.");
        return null;
    }

    private WorkflowStatus? Status()
    {
        if (Text("status", MaxText) is not { } text)
        {
            return null;
        }

        if (SnakeCase.TryParse<WorkflowStatus>(text, out var status))
        {
            return status;
        }

        Problem("status", $"must be one of active, paused, escalated, completed, but is '{Shorten(text)}'.");
        return null;
    }

    private string? Text(string field, int maxLength)
    {
        if (Value(field) is not { } value)
        {
            return null;
        }

        var text = value.ValueKind is JsonValueKind.String ? value.GetString()! : null;
        if (text is null || text.Length > maxLength || text.Contains('\0', StringComparison.Ordinal))
        {
            Problem(field, $"must be text of at most {maxLength} characters, without null characters.");
            return null;
        }

        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    private DateTimeOffset? Instant(string field)
    {
        if (Value(field) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.String && Instants.TryParse(value.GetString(), out var instant))
        {
            return instant;
        }

        Problem(field, $"must be {Instants.Rule}.");
        return null;
    }

    private int? Number(string field, int min, int max)
    {
        if (Value(field) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Problem(field, $"must be a whole number from {min} to {max}.");
        return null;
    }

    private JsonElement? Inputs()
    {
        var inputs = WorkflowRules.ReadInputs(Value("inputs") is { } value ? JsonNode.Parse(value.GetRawText()) : null);
        if (!inputs.IsSuccess)
        {
            Problem("inputs", inputs.Error.Message);
            return null;
        }

        return inputs.Value;
    }

    private List<HistoryLine> History()
    {
        var lines = new List<HistoryLine>();
        if (Value("history") is not { } history)
        {
            return lines;
        }

        if (history.ValueKind is not JsonValueKind.Array || history.GetArrayLength() > MaxHistory)
        {
            Problem("history", $"must be an array of at most {MaxHistory} lines.");
            return lines;
        }

        var index = 0;
        foreach (var line in history.EnumerateArray())
        {
            if (line.ValueKind is JsonValueKind.Object
                && Instants.TryParse(StringOf(line, "timestamp"), out var timestamp)
                && StringOf(line, "type") is { Length: > 0 and <= 50 } type
                && StringOf(line, "message") is { Length: <= MaxText } message
                && !(type + message).Contains('\0', StringComparison.Ordinal))
            {
                lines.Add(new HistoryLine(timestamp, type, message));
            }
            else
            {
                Problem($"history[{index}]", $"must have timestamp ({Instants.Rule}), type (at most 50 characters) and message (at most {MaxText}).");
            }

            index++;
        }

        return lines;
    }

    private static string? StringOf(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>Null in a file is the same as nothing there.</summary>
    private JsonElement? Value(string field) => _element.TryGetProperty(field, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    private void Problem(string field, string message) => _problems.Add(new ImportProblem(_position, field, message));

    private static string Shorten(string text) => new([.. text.Take(60).Where(c => !char.IsControl(c))]);
}
