using System.Text.Json;
using Agency.Data.Auditing;

namespace Agency.Data.Runs;

/// <summary>One thing that happened to a run, in order: claimed, started, context_injected, retry_scheduled, succeeded, lost, ...</summary>
[NotAudited]
public sealed class RunEvent
{
    public required CompanyId CompanyId { get; init; }

    public required RunId RunId { get; init; }

    /// <summary>Given by the database, rising.</summary>
    public long EventId { get; init; }

    public required int Attempt { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Type { get; init; }

    public required string Message { get; init; }

    public JsonElement? Data { get; init; }
}
