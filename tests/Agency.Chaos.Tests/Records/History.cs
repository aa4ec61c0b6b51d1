namespace Agency.Chaos.Tests.Records;

/// <summary>All that is known of a chaos run when it is over: rows, what triggers saw, and the independent log. The checks read nothing else.</summary>
internal sealed record History
{
    public IReadOnlyList<CompanyFacts> Companies { get; init; } = [];

    public IReadOnlyList<WorkflowFacts> Workflows { get; init; } = [];

    public IReadOnlyList<WorkflowRow> WorkflowRows { get; init; } = [];

    public IReadOnlyList<RunRow> Runs { get; init; } = [];

    public IReadOnlyList<EventRow> Events { get; init; } = [];

    public IReadOnlyList<Transition> Transitions { get; init; } = [];

    public IReadOnlyList<WorkflowChange> WorkflowChanges { get; init; } = [];

    /// <summary>Workflow and number of escalations that failures opened.</summary>
    public IReadOnlyDictionary<(string Company, string Workflow), int> Escalations { get; init; } = new Dictionary<(string, string), int>();

    public IReadOnlyList<LogEntry> Log { get; init; } = [];

    public IReadOnlyList<Stop> Holds { get; init; } = [];

    public IReadOnlyList<Stop> Pauses { get; init; } = [];

    public IReadOnlyList<ManualRequest> ManualRequests { get; init; } = [];

    public IReadOnlyList<ProcessFault> ProcessFaults { get; init; } = [];
}
