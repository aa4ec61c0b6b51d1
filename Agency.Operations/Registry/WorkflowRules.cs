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
    public const int MaxTimeoutSeconds = 86_400;
    public const int MaxSlaMinutes = 525_600;

    private const int MaxInputsBytes = 64 * 1024;

    public static Error? CheckType(string type) => type.Length <= MaxTypeLength && WorkflowId.TryParse(type, out _)
        ? null
        : Error.Invalid($"The type names a procedure: 1 to {MaxTypeLength} letters A-Z a-z, digits, '_' or '-'. Call sop_list on the context server to see them.");

    /// <summary>The schedule as it would be read, or null without one.</summary>
    /// <param name="expression">Cron expression or nothing.</param>
    /// <param name="timeZone">The workflow's zone, or nothing for the client's.</param>
    /// <param name="companyZone">The client's zone.</param>
    public static Result<Schedule?> ReadSchedule(string? expression, string? timeZone, string companyZone)
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
            ? Schedule.Parse(expression, timeZone ?? companyZone).Map(schedule => (Schedule?)schedule)
            : Error.Invalid($"A schedule has at most {MaxScheduleLength} characters.");
    }

    /// <summary>The first occurrence after <paramref name="now"/>; null without a schedule.</summary>
    public static Result<DateTimeOffset?> NextRun(Schedule? schedule, string? expression, DateTimeOffset now)
    {
        if (schedule is null)
        {
            return (DateTimeOffset?)null;
        }

        return schedule.Next(now) is { } next ? next : RegistryErrors.NeverOccurs(expression ?? "");
    }

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
