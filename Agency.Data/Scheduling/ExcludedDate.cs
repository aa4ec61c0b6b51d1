namespace Agency.Data.Scheduling;

/// <summary>A day of a client's calendar on which its schedules are not due, such as a public holiday. A local date of the schedule's time zone.</summary>
public sealed class ExcludedDate
{
    public required CompanyId CompanyId { get; init; }

    public required DateOnly Date { get; init; }

    /// <summary>What day it is.</summary>
    public required string Name { get; set; }
}
