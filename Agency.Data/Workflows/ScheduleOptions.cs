namespace Agency.Data.Workflows;

/// <summary>What narrows a schedule, and what it does when the clocks change.</summary>
public sealed record ScheduleOptions
{
    /// <summary>None of them: no window, the default rules, no holidays.</summary>
    public static readonly ScheduleOptions None = new();

    /// <summary>Nothing is due before this instant; null sets no limit. <c>@every</c> counts from it.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Nothing is due at this instant or later; null sets no limit.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>
    /// What becomes of local times that do not exist. Null: <see cref="DstGap.NextValid"/>, but <see cref="DstGap.Skip"/> for an expression
    /// that fires in every hour of the day, as nothing of it is missing when an hour is.
    /// </summary>
    public DstGap? Gap { get; init; }

    /// <summary>
    /// What becomes of local times that come twice. Null: <see cref="DstOverlap.First"/>, but <see cref="DstOverlap.Both"/> for an expression
    /// that fires in every hour of the day, as it would pause for an hour otherwise.
    /// </summary>
    public DstOverlap? Overlap { get; init; }

    /// <summary>
    /// Days on which nothing is due, by their date in the schedule's zone, each with its name: a client's holidays. What would fall on one
    /// is no occurrence at all; it is not moved.
    /// </summary>
    public IReadOnlyDictionary<DateOnly, string>? ExcludedDates { get; init; }
}
