using Agency.Data;
using Agency.Data.Workflows;

namespace Agency.Scheduler.Planning;

/// <summary>A workflow whose time has come, as the planner locked it.</summary>
internal sealed record DueWorkflow
{
    public required CompanyId CompanyId { get; init; }

    public required WorkflowId WorkflowId { get; init; }

    /// <summary>The occurrence that is due.</summary>
    public required DateTimeOffset NextRun { get; init; }

    /// <summary>Its schedule; null when it runs once.</summary>
    public string? Cron { get; init; }

    /// <summary>The zone in which the schedule is read.</summary>
    public required string TimeZone { get; init; }

    /// <summary>Window, rules for changes of the clocks, and the client's excluded dates where it observes them.</summary>
    public ScheduleOptions Options { get; init; } = ScheduleOptions.None;

    public bool ObserveCalendar { get; init; }

    /// <summary>When its schedule was last written. What was due before that was not missed: nobody had asked for it yet.</summary>
    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>When it was last resumed: what was due before that is not made up for.</summary>
    public DateTimeOffset? ActiveSince { get; init; }

    public int JitterSeconds { get; init; }

    public int Priority { get; init; }

    public CatchUpPolicy CatchUp { get; init; } = CatchUpPolicy.Latest;

    public TimeSpan CatchUpWindow { get; init; } = OccurrencePlanner.CountWindow;

    public OverlapPolicy Overlap { get; init; } = OverlapPolicy.Skip;

    /// <summary>Runs of it that are queued, executing, waiting or between two attempts.</summary>
    public int OpenRuns { get; init; }

    /// <summary>Those of them that have not begun.</summary>
    public int WaitingRuns { get; init; }
}
