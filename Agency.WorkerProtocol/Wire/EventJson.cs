using System.Text.Encodings.Web;
using System.Text.Json;

namespace Agency.WorkerProtocol.Wire;

/// <summary>
/// Writes events as <see cref="ProtocolJsonContext"/> reads them. By hand: a worker writes a dozen of them in its life, and finding out by reflection how
/// to do so took it longer than all else that it does for a short run.
/// </summary>
internal static class EventJson
{
    /// <summary>Readable non-ASCII text: the lines go to a pipe, never into HTML.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One line of UTF-8, with its line feed.</summary>
    public static byte[] ToLine(RunEvent runEvent)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Options))
        {
            json.WriteStartObject();
            Write(json, runEvent);
            json.WriteString("at"u8, runEvent.At);
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        return line.ToArray();
    }

    private static void Write(Utf8JsonWriter json, RunEvent runEvent)
    {
        switch (runEvent)
        {
            case ReadyEvent e:
                json.WriteString("type"u8, "ready"u8);
                json.WriteNumber("protocol"u8, e.Protocol);
                json.WriteNumber("process_id"u8, e.ProcessId);
                break;
            case StartedEvent e:
                json.WriteString("type"u8, "started"u8);
                json.WriteString("run_id"u8, e.RunId);
                json.WriteString("sop"u8, e.Sop);
                json.WriteNumber("steps"u8, e.Steps);
                break;
            case ContextInjectedEvent e:
                json.WriteString("type"u8, "context_injected"u8);
                json.WriteNumber("profile_bytes"u8, e.ProfileBytes);
                if (e.ProfileUpdatedAt is { } updated) json.WriteString("profile_updated_at"u8, updated);
                json.WriteString("query"u8, e.Query);
                json.WriteNumber("passages"u8, e.Passages);
                json.WriteStartArray("passage_ids"u8);
                foreach (var id in e.PassageIds) json.WriteStringValue(id);
                json.WriteEndArray();
                break;
            case StepStartedEvent e:
                json.WriteString("type"u8, "step_started"u8);
                json.WriteNumber("ordinal"u8, e.Ordinal);
                json.WriteString("title"u8, e.Title);
                WriteIfAny(json, "tool"u8, e.Tool);
                break;
            case StepFinishedEvent e:
                json.WriteString("type"u8, "step_finished"u8);
                json.WriteNumber("ordinal"u8, e.Ordinal);
                json.WriteString("title"u8, e.Title);
                WriteIfAny(json, "tool"u8, e.Tool);
                json.WriteString("status"u8, WireEnum<StepStatus>.Name(e.Status));
                json.WriteNumber("duration_ms"u8, e.DurationMs);
                WriteIfAny(json, "result"u8, e.Result);
                json.WriteBoolean("truncated"u8, e.Truncated);
                WriteIfAny(json, e.Error);
                WriteIfAny(json, "span_id"u8, e.SpanId);
                break;
            case NoteEvent e:
                json.WriteString("type"u8, "note"u8);
                json.WriteString("message"u8, e.Message);
                break;
            case SpanEvent e:
                json.WriteString("type"u8, "span"u8);
                json.WriteString("trace_id"u8, e.TraceId);
                json.WriteString("span_id"u8, e.SpanId);
                WriteIfAny(json, "parent_span_id"u8, e.ParentSpanId);
                json.WriteString("name"u8, e.Name);
                json.WriteString("kind"u8, WireEnum<SpanKind>.Name(e.Kind));
                json.WriteNumber("start_unix_nanos"u8, e.StartUnixNanos);
                json.WriteNumber("end_unix_nanos"u8, e.EndUnixNanos);
                json.WriteStartObject("attributes"u8);
                foreach (var (name, value) in e.Attributes) json.WriteString(name, value);
                json.WriteEndObject();
                json.WriteString("status"u8, WireEnum<SpanStatus>.Name(e.Status));
                break;
            case OutcomeEvent e:
                json.WriteString("type"u8, "outcome"u8);
                json.WriteString("outcome"u8, WireEnum<RunOutcome>.Name(e.Outcome));
                WriteIfAny(json, e.Error);
                json.WriteString("summary"u8, e.Summary);
                json.WriteNumber("tool_calls"u8, e.ToolCalls);
                break;
            default:
                throw new NotSupportedException($"'{runEvent.GetType().Name}' is not an event of this protocol.");
        }
    }

    private static void WriteIfAny(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static void WriteIfAny(Utf8JsonWriter json, RunError? error)
    {
        if (error is null) return;
        json.WriteStartObject("error"u8);
        json.WriteString("kind"u8, WireEnum<FailureKind>.Name(error.Kind));
        json.WriteString("message"u8, error.Message);
        json.WriteEndObject();
    }
}
