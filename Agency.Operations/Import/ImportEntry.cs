using System.Text.Json;
using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;
using Agency.Operations.Registry;

namespace Agency.Operations.Import;

/// <summary>One workflow definition of a file, every field checked on its own. A field that the file leaves out is not in <see cref="Given"/>.</summary>
internal sealed record ImportEntry
{
    /// <summary>Where it stands in the file, from 1.</summary>
    public required int Position { get; init; }

    public required CompanyId Client { get; init; }

    public required WorkflowId Id { get; init; }

    public required string Type { get; init; }

    public required IReadOnlySet<string> Given { get; init; }

    /// <summary>Null leaves it, which for a new workflow is active.</summary>
    public WorkflowStatus? Status { get; init; }

    public string? StatusMessage { get; init; }

    public string? Schedule { get; init; }

    public string? TimeZone { get; init; }

    public DateTimeOffset? NextRun { get; init; }

    public DateTimeOffset? LastRun { get; init; }

    public int FailureCount { get; init; }

    public IReadOnlyList<HistoryLine> History { get; init; } = [];

    public JsonElement? Inputs { get; init; }

    public int? TimeoutSeconds { get; init; }

    public int? SlaMinutes { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    public int? JitterSeconds { get; init; }

    public DstGap? DstGap { get; init; }

    public DstOverlap? DstOverlap { get; init; }

    public bool? ObserveCalendar { get; init; }

    public CatchUpPolicy? CatchUp { get; init; }

    public int? CatchUpWindowMinutes { get; init; }

    public OverlapPolicy? Overlap { get; init; }

    public int? MaxConcurrentRuns { get; init; }

    public int? Priority { get; init; }

    public int? MaxAttempts { get; init; }

    public int? RetryInitialSeconds { get; init; }

    public double? RetryFactor { get; init; }

    public int? RetryMaxSeconds { get; init; }

    public double? RetryJitter { get; init; }

    public int? RetryDeadlineSeconds { get; init; }

    public RunErrorKind[]? NonRetryable { get; init; }

    public WorkflowKey Key => new(Client, Id);
}

/// <summary>Something wrong in a file.</summary>
/// <param name="Position">Of the entry, from 1; 0 for the file itself.</param>
/// <param name="Field">The field, or empty.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record ImportProblem(int Position, string Field, string Message)
{
    public override string ToString() => Position == 0 ? Message : Field.Length == 0 ? $"entry {Position}: {Message}" : $"entry {Position}, {Field}: {Message}";
}
