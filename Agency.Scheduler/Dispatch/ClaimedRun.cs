using System.Text.Json;
using Agency.Data;

namespace Agency.Scheduler.Dispatch;

/// <summary>A run that is this scheduler's while its lease lasts, with all that executing it needs.</summary>
internal sealed record ClaimedRun
{
    public required RunKey Key { get; init; }

    /// <summary>Timestamp of this process's clock from before the claim: the lease counts from there.</summary>
    public required long ClaimedAt { get; init; }

    public required string CompanyName { get; init; }

    public required WorkflowId WorkflowId { get; init; }

    /// <summary>Name of the procedure.</summary>
    public required string Type { get; init; }

    /// <summary>From 1.</summary>
    public required int Attempt { get; init; }

    public required DateTimeOffset ScheduledFor { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>The run's own inputs, else the workflow's.</summary>
    public JsonElement? Inputs { get; init; }

    public string? TraceParent { get; init; }
}

/// <summary>One hold on a run. A later claim carries a higher fencing number, and the database refuses what an earlier one writes.</summary>
internal readonly record struct RunKey(CompanyId CompanyId, RunId RunId, long Fencing, string Owner);
