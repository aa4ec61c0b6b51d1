using System.Text.Json.Serialization;

namespace Agency.WorkerProtocol;

/// <summary>What a worker says, as one JSON line on its standard output, told apart by <c>type</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ReadyEvent), "ready")]
[JsonDerivedType(typeof(StartedEvent), "started")]
[JsonDerivedType(typeof(ContextInjectedEvent), "context_injected")]
[JsonDerivedType(typeof(StepStartedEvent), "step_started")]
[JsonDerivedType(typeof(StepFinishedEvent), "step_finished")]
[JsonDerivedType(typeof(NoteEvent), "note")]
[JsonDerivedType(typeof(SpanEvent), "span")]
[JsonDerivedType(typeof(OutcomeEvent), "outcome")]
public abstract record RunEvent
{
    /// <summary>The worker's clock.</summary>
    public required DateTimeOffset At { get; init; }
}
