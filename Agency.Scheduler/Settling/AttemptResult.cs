using Agency.Data.Runs;

namespace Agency.Scheduler.Settling;

/// <summary>How an attempt ended.</summary>
internal abstract record AttemptResult
{
    private AttemptResult()
    {
    }

    /// <summary>Seconds that a worker spent on it.</summary>
    public double Seconds { get; init; }

    /// <summary>Tool calls that the gateway forwarded.</summary>
    public int ToolCalls { get; init; }

    internal sealed record Succeeded(string Summary) : AttemptResult;

    /// <summary>Whether another attempt is made depends on the kind and on the attempts left.</summary>
    internal sealed record Failed(RunErrorKind Kind, string Message, string? Summary = null) : AttemptResult;

    /// <summary>The scheduler stops before the run was through, or another <paramref name="Reason"/>: back into the queue, and the attempt does not count.</summary>
    internal sealed record HandedBack(string? Reason = null) : AttemptResult;
}

/// <summary>What settling did to the run.</summary>
internal enum SettleOutcome
{
    Succeeded,
    Failed,
    Cancelled,
    Retried,
    HandedBack,

    /// <summary>Nothing: the run is no longer this holder's.</summary>
    Stale,
}
