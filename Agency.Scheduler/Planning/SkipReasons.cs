namespace Agency.Scheduler.Planning;

/// <summary>Why an occurrence was not executed, as its row says.</summary>
internal static class SkipReasons
{
    /// <summary>Nothing was planning when it was due, and the catch-up rule does not make up for it.</summary>
    public const string Missed = "missed";

    /// <summary>An earlier run of the workflow was still open.</summary>
    public const string Overlap = "overlap";

    /// <summary>The workflow was paused, escalated or completed.</summary>
    public const string Paused = "paused";

    /// <summary>The client's work, or all work, was held: a pause or a maintenance window.</summary>
    public const string Held = "held";
}
