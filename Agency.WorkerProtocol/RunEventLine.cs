namespace Agency.WorkerProtocol;

/// <summary>One line of a worker's output: an event, or how the line broke the protocol.</summary>
public readonly record struct RunEventLine
{
    private RunEventLine(RunEvent? runEvent, string? violation, bool isLast) => (Event, Violation, IsLast) = (runEvent, violation, isLast);

    public RunEvent? Event { get; }

    /// <summary>What was wrong with the line; set when <see cref="Event"/> is null. Never quotes the line.</summary>
    public string? Violation { get; }

    /// <summary>The worker has written more than it may: the rest is not read.</summary>
    public bool IsLast { get; }

    internal static RunEventLine Of(RunEvent runEvent) => new(runEvent, null, false);

    internal static RunEventLine Broken(string violation) => new(null, violation, false);

    internal static RunEventLine Last(string violation) => new(null, violation, true);
}
