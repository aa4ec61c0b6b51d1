namespace Agency.WorkerProtocol;

/// <summary>One line of a worker's output: an event, or how the line broke the protocol.</summary>
public readonly record struct RunEventLine
{
    private RunEventLine(RunEvent? runEvent, string? violation) => (Event, Violation) = (runEvent, violation);

    public RunEvent? Event { get; }

    /// <summary>What was wrong with the line; set when <see cref="Event"/> is null. Never quotes the line.</summary>
    public string? Violation { get; }

    internal static RunEventLine Of(RunEvent runEvent) => new(runEvent, null);

    internal static RunEventLine Broken(string violation) => new(null, violation);
}
