namespace Agency.Data.Runs;

public enum StepStatus
{
    Succeeded,
    Failed,

    /// <summary>Holds no tool call: shown to readers, not executed.</summary>
    Guidance,
}

/// <summary>One step of a run's procedure, as one attempt executed it.</summary>
public sealed class RunStep
{
    public required CompanyId CompanyId { get; init; }

    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Number of the step in the procedure, from 1.</summary>
    public required int Ordinal { get; init; }

    public required string Title { get; init; }

    /// <summary><c>server.tool</c>, or null for guidance.</summary>
    public string? Tool { get; init; }

    public required StepStatus Status { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    public string? Error { get; init; }

    /// <summary>Beginning of the tool's result.</summary>
    public string? Result { get; init; }

    /// <summary>W3C span id of the step, to find it in a trace.</summary>
    public string? SpanId { get; init; }
}
