using Agency.Data.Workflows;

namespace Agency.Operations.Registry;

/// <summary>The occurrences of a schedule that is not registered yet.</summary>
/// <param name="Schedule">The cron expression.</param>
/// <param name="TimeZone">The zone in which it was read.</param>
/// <param name="DstGap">The rule in force for local times that do not exist; null for <c>@every</c>.</param>
/// <param name="DstOverlap">The rule in force for local times that come twice; null for <c>@every</c>.</param>
/// <param name="Occurrences">In order; fewer than asked for when the schedule ends.</param>
/// <param name="ExcludedDates">The client's excluded dates among them, on which it would have been due and is not.</param>
internal sealed record PreviewedSchedule(
    string Schedule,
    string TimeZone,
    DstGap? DstGap,
    DstOverlap? DstOverlap,
    IReadOnlyList<Occurrence> Occurrences,
    IReadOnlyList<ClosedDay> ExcludedDates);
