using Agency.Data.Workflows;

namespace Agency.Operations.Registry;

/// <summary>A schedule to look at, as a caller gives it. Null takes the default.</summary>
internal sealed record PreviewRequest(string Schedule)
{
    public string? TimeZone { get; init; }

    public string? Client { get; init; }

    public string? From { get; init; }

    public int Count { get; init; } = 10;

    public string? StartAt { get; init; }

    public string? EndAt { get; init; }

    public DstGap? Gap { get; init; }

    public DstOverlap? Overlap { get; init; }

    public bool ObserveCalendar { get; init; } = true;
}
