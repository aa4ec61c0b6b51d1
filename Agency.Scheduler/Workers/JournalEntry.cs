using System.Globalization;
using System.Text.Json.Nodes;
using Agency.WorkerProtocol;

namespace Agency.Scheduler.Workers;

/// <summary>A line of a run's history. <paramref name="Step"/> becomes a row of its own besides.</summary>
internal sealed record JournalEntry(DateTimeOffset At, string Type, string Message, JsonObject? Data = null, StepFinishedEvent? Step = null)
{
    /// <summary><see cref="Data"/> as PostgreSQL takes it, which knows no NUL.</summary>
    public string? Json { get; } = Data?.ToJsonString().Replace("\\u0000", "\\uFFFD", StringComparison.Ordinal);

    /// <summary>Characters, of which a write takes no more than so many.</summary>
    public int Size => Message.Length + (Json?.Length ?? 0) + (Step?.Result?.Length ?? 0);

    /// <summary>Null for what settling records: the outcome, and that the process was ready.</summary>
    public static JournalEntry? From(RunEvent told) => told switch
    {
        StartedEvent e => new(e.At, "started", $"The procedure '{e.Sop}' with {e.Steps} steps has begun."),
        ContextInjectedEvent e => new(
            e.At,
            "context_injected",
            $"Profile ({e.ProfileBytes} bytes) and {e.Passages} passages for '{e.Query}'.",
            new JsonObject
            {
                ["profile_bytes"] = e.ProfileBytes,
                ["profile_updated_at"] = e.ProfileUpdatedAt,
                ["query"] = e.Query,
                ["passages"] = e.Passages,
                ["passage_ids"] = new JsonArray([.. e.PassageIds.Select(id => (JsonNode)id)]),
            }),
        StepStartedEvent e => new(
            e.At, "step_started", $"Step {e.Ordinal}: {e.Title}", new JsonObject { ["ordinal"] = e.Ordinal, ["tool"] = e.Tool }),
        StepFinishedEvent e => new(
            e.At,
            "step_finished",
            e.Error is { } error ? $"Step {e.Ordinal} failed: {error.Message}" : $"Step {e.Ordinal} is done.",
            new JsonObject { ["ordinal"] = e.Ordinal, ["tool"] = e.Tool, ["duration_ms"] = e.DurationMs, ["span_id"] = e.SpanId, ["truncated"] = e.Truncated },
            e),
        NoteEvent e => new(e.At, "note", e.Message),
        SpanEvent e => new(
            e.At,
            "span",
            e.Name,
            new JsonObject
            {
                ["trace_id"] = e.TraceId,
                ["span_id"] = e.SpanId,
                ["parent_span_id"] = e.ParentSpanId,
                ["kind"] = e.Kind.ToString(),
                ["status"] = e.Status.ToString(),
                ["start_unix_nanos"] = e.StartUnixNanos.ToString(CultureInfo.InvariantCulture),
                ["end_unix_nanos"] = e.EndUnixNanos.ToString(CultureInfo.InvariantCulture),
                ["attributes"] = new JsonObject(e.Attributes.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value))),
            }),
        _ => null,
    };
}
