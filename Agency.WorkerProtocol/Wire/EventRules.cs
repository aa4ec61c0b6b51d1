namespace Agency.WorkerProtocol.Wire;

/// <summary>What the types alone do not hold a worker to.</summary>
internal static class EventRules
{
    /// <summary>Thirty days, which no step takes.</summary>
    private const long LongestMs = 30L * 24 * 60 * 60 * 1000;

    /// <summary>What is wrong with an event, or null.</summary>
    public static string? Broken(RunEvent e) => e switch
    {
        StartedEvent { Steps: < 1 } => "'steps' is less than 1",
        ContextInjectedEvent { ProfileBytes: < 0 } or ContextInjectedEvent { Passages: < 0 } => "a negative count",
        ContextInjectedEvent c when c.PassageIds.Contains(null!) => "a null passage id",
        StepStartedEvent { Ordinal: < 1 } or StepFinishedEvent { Ordinal: < 1 } => "'ordinal' is less than 1",
        { At.Year: < 2000 or > 9000 } => "a time that cannot be",
        StepFinishedEvent { DurationMs: < 0 or > LongestMs } => "a duration that cannot be",
        StepFinishedEvent { Status: StepStatus.Failed, Error: null } => "a failed step without an error",
        StepFinishedEvent { SpanId: { } id } when !IsHex(id, 16) => "'span_id' is not 16 hexadecimal digits",
        SpanEvent s when !IsHex(s.TraceId, 32) => "'trace_id' is not 32 hexadecimal digits",
        SpanEvent s when !IsHex(s.SpanId, 16) || (s.ParentSpanId is { } parent && !IsHex(parent, 16)) => "a span id is not 16 hexadecimal digits",
        SpanEvent s when s.StartUnixNanos < 0 || s.EndUnixNanos < s.StartUnixNanos => "a span that ends before it starts",
        SpanEvent s when s.Attributes.Values.Contains(null!) => "a null attribute",
        OutcomeEvent { ToolCalls: < 0 } => "a negative count",
        OutcomeEvent o when (o.Outcome is RunOutcome.Failed) != (o.Error is not null) => "'error' must be set if and only if the outcome is failed",
        _ => null,
    };

    private static bool IsHex(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);
}
