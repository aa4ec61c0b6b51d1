using System.Text.Json.Nodes;

namespace Agency.Operations.Registry;

/// <summary>
/// What a caller wants a workflow to be. In a registration null takes the default; in a change null leaves the field as it is and empty text
/// clears it.
/// </summary>
internal sealed record WorkflowRequest
{
    public string? Type { get; init; }

    public string? Schedule { get; init; }

    public string? TimeZone { get; init; }

    public string? NextRun { get; init; }

    public JsonObject? Inputs { get; init; }

    public int? MaxAttempts { get; init; }

    public int? RetryInitialSeconds { get; init; }

    public int? TimeoutSeconds { get; init; }

    public int? SlaMinutes { get; init; }

    public SchedulingRequest? Scheduling { get; init; }

    public RetryRequest? Retry { get; init; }
}
