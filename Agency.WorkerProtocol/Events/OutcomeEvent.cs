using System.Text.Json.Serialization;
using Agency.WorkerProtocol.Wire;

namespace Agency.WorkerProtocol;

/// <summary>How the run ended. The last event; without it the worker was lost.</summary>
public sealed record OutcomeEvent : RunEvent
{
    public required RunOutcome Outcome { get; init; }

    /// <summary>Set if and only if the run failed.</summary>
    public RunError? Error { get; init; }

    /// <summary>What was done, in one line.</summary>
    public required string Summary { get; init; }

    /// <summary>Calls of the steps, the failed one included; context injection is not counted.</summary>
    public required int ToolCalls { get; init; }
}

/// <summary>Whether a run reached its end.</summary>
[JsonConverter(typeof(WireEnum<RunOutcome>))]
public enum RunOutcome
{
    Succeeded,
    Failed,
}
