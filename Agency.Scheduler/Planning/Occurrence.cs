using Agency.Data.Runs;

namespace Agency.Scheduler.Planning;

/// <summary>A row to be written: an occurrence to execute, or with a reason one or several that are not.</summary>
/// <param name="ScheduledFor">When it, or the first of several, was due.</param>
/// <param name="Trigger">Why it exists.</param>
/// <param name="SkipReason">Why it is not executed; null queues it.</param>
/// <param name="Count">How many occurrences it stands for.</param>
/// <param name="Until">When the last of several was due.</param>
internal sealed record Occurrence(
    DateTimeOffset ScheduledFor, RunTrigger Trigger, string? SkipReason = null, int Count = 1, DateTimeOffset? Until = null);

/// <summary>What becomes of a due workflow.</summary>
/// <param name="Occurrences">Rows to be written.</param>
/// <param name="Next">The next occurrence; null when none is to come.</param>
/// <param name="CancelsOpenRuns">The runs that were open before are to end.</param>
/// <param name="Fault">Why its schedule cannot be read.</param>
internal sealed record OccurrencePlan(IReadOnlyList<Occurrence> Occurrences, DateTimeOffset? Next, bool CancelsOpenRuns = false, string? Fault = null);
