using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Workflows;

namespace Agency.Operations.Registry;

/// <summary>What the fields of a workflow may be, whoever writes them: a tool or a file.</summary>
internal static class WorkflowRules
{
    public const int MaxTypeLength = 100;
    public const int MaxScheduleLength = 200;
    public const int MaxAttempts = 100;
    public const int MaxRetrySeconds = 86_400;
    public const double MinRetryFactor = 1;
    public const double MaxRetryFactor = 10;
    public const int MaxRetryDeadlineSeconds = 30 * 86_400;
    public const int MaxTimeoutSeconds = 86_400;
    public const int MaxSlaMinutes = 525_600;
    public const int MaxJitterSeconds = 3_600;
    public const int MaxConcurrentRuns = 1_000;
    public const int MinPriority = -100;
    public const int MaxPriority = 100;

    private const int MaxInputsBytes = 64 * 1024;

    public static Error? CheckType(string type) => type.Length <= MaxTypeLength && WorkflowId.TryParse(type, out _)
        ? null
        : Error.Invalid($"The type names a procedure: 1 to {MaxTypeLength} letters A-Z a-z, digits, '_' or '-'. Call sop_list on the context server to see them.");

    /// <summary>The schedule as it would be read, or null without one.</summary>
    /// <param name="expression">Cron expression or nothing.</param>
    /// <param name="timeZone">The workflow's zone, or nothing for the client's.</param>
    /// <param name="companyZone">The client's zone.</param>
    /// <param name="options">Window, rules for changes of the clocks, excluded dates.</param>
    public static Result<Schedule?> ReadSchedule(string? expression, string? timeZone, string companyZone, ScheduleOptions? options = null)
    {
        if (timeZone is not null && Schedule.FindZone(timeZone) is { IsSuccess: false } badZone)
        {
            return badZone.Error!;
        }

        if (expression is null)
        {
            return (Schedule?)null;
        }

        return expression.Length <= MaxScheduleLength
            ? Schedule.Parse(expression, timeZone ?? companyZone, options).Map(schedule => (Schedule?)schedule)
            : Error.Invalid($"A schedule has at most {MaxScheduleLength} characters.");
    }

    /// <summary>What of a workflow is out of its range, or does not go together; null when nothing is. Its schedule is read elsewhere.</summary>
    public static Error? Check(Workflow workflow) =>
        OutOf("max_attempts", workflow.MaxAttempts, 1, MaxAttempts)
        ?? OutOf("retry_initial_seconds", workflow.RetryInitialSeconds, 1, MaxRetrySeconds)
        ?? OutOf("timeout_seconds", workflow.TimeoutSeconds, 1, MaxTimeoutSeconds)
        ?? OutOf("sla_minutes", workflow.SlaMinutes, 1, MaxSlaMinutes)
        ?? OutOf("jitter_seconds", workflow.JitterSeconds, 0, MaxJitterSeconds)
        ?? OutOf("catch_up_window_minutes", workflow.CatchUpWindowMinutes, 1, Workflow.MaxCatchUpWindowMinutes)
        ?? OutOf("max_concurrent_runs", workflow.MaxConcurrentRuns, 1, MaxConcurrentRuns)
        ?? OutOf("priority", workflow.Priority, MinPriority, MaxPriority)
        ?? OutOf("retry_factor", workflow.RetryFactor, MinRetryFactor, MaxRetryFactor)
        ?? OutOf("retry_max_seconds", workflow.RetryMaxSeconds, 1, MaxRetrySeconds)
        ?? OutOf("retry_jitter", workflow.RetryJitter, 0, 1)
        ?? OutOf("retry_deadline_seconds", workflow.RetryDeadlineSeconds, 1, MaxRetryDeadlineSeconds)
        ?? CheckOverlap(workflow);

    private static Error? CheckOverlap(Workflow workflow) => workflow is { MaxConcurrentRuns: { } limit, Overlap: not OverlapPolicy.Allow }
        ? Error.Invalid($"max_concurrent_runs ({limit}) needs the overlap allow: with {SnakeCase.Of(workflow.Overlap)} one run executes at a time. "
            + "Set overlap to allow, or leave max_concurrent_runs out (0 removes it).")
        : null;

    private static Error? OutOf(string name, double? value, double min, double max) => value is { } given && !(given >= min && given <= max)
        ? Error.Invalid(string.Create(CultureInfo.InvariantCulture, $"{name} must be from {min} to {max}, but is {given}."))
        : null;

    public static Result<JsonElement?> ReadInputs(JsonNode? inputs)
    {
        if (inputs is null)
        {
            return (JsonElement?)null;
        }

        if (inputs is not JsonObject)
        {
            return Error.Invalid("inputs must be an object of values by input name.");
        }

        var text = inputs.ToJsonString();
        return Encoding.UTF8.GetByteCount(text) > MaxInputsBytes || text.Contains("\\u0000", StringComparison.Ordinal)
            ? Error.Invalid($"inputs must be at most {MaxInputsBytes} bytes and hold no null characters. Put larger material into the client's documents.")
            : JsonElement.Parse(text);
    }
}
