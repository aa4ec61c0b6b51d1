namespace Agency.Data.Workflows;

/// <summary>One occurrence, and what a change of the clocks has to do with it.</summary>
/// <param name="Instant">When it is due, in UTC.</param>
/// <param name="Local">The same instant as the schedule's zone shows it, with the offset that holds there.</param>
/// <param name="Mark">Set when its local time is missing or comes twice that day.</param>
/// <param name="StandsFor">
/// With <see cref="ClockMark.Gap"/> the (first) local time that does not exist that day and for which this instant stands; else null.
/// </param>
public readonly record struct ScheduledInstant(DateTimeOffset Instant, DateTimeOffset Local, ClockMark? Mark = null, DateTime? StandsFor = null);
