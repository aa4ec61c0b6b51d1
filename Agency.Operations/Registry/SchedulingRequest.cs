using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Workflows;

namespace Agency.Operations.Registry;

/// <summary>A rule for local times that do not exist, or the schedule's own.</summary>
internal enum DstGapChoice
{
    Default,
    NextValid,
    Skip,
}

/// <summary>A rule for local times that come twice, or the schedule's own.</summary>
internal enum DstOverlapChoice
{
    Default,
    First,
    Both,
}

/// <summary>The argument <c>scheduling</c>: what a caller wants of a workflow's occurrences and their order. Null leaves a member as it is.</summary>
internal sealed record SchedulingRequest
{
    [Description("Nothing is due before this instant, such as 2026-11-23T09:00:00Z; @every counts from it. Empty text removes it.")]
    public string? StartAt { get; init; }

    [Description("Nothing is due at this instant or later. Must be after start_at. Empty text removes it.")]
    public string? EndAt { get; init; }

    [Description("Each occurrence starts up to this many seconds late, always the same for the same occurrence, so that not all start at once. Default 0.")]
    [Range(0, WorkflowRules.MaxJitterSeconds)]
    public int? JitterSeconds { get; init; }

    [Description("An occurrence whose local time does not exist because the clocks go forward: next_valid (due right after the gap) or skip. default: next_valid, but skip for schedules that fire every hour.")]
    public DstGapChoice? DstGap { get; init; }

    [Description("An occurrence whose local time comes twice because the clocks go back: first or both. default: first, but both for schedules that fire every hour.")]
    public DstOverlapChoice? DstOverlap { get; init; }

    [Description("Whether nothing is due on the client's excluded dates (set_excluded_dates). Default true.")]
    public bool? ObserveCalendar { get; init; }

    [Description("Occurrences missed in an outage, or while the client's or all work was held: all are executed one after the other, latest (the default) only the last, none. The others are recorded as skipped. A workflow's own pause is never made up for.")]
    public CatchUpPolicy? CatchUp { get; init; }

    [Description("Minutes back from now within which missed occurrences are executed. Default 10080 (a week), at most a year.")]
    [Range(1, Workflow.MaxCatchUpWindowMinutes)]
    public int? CatchUpWindowMinutes { get; init; }

    [Description("An occurrence that comes due while an earlier run is open: skip (the default) records it as skipped; queue_one lets one wait; queue_all lets each wait; cancel_previous cancels the open run and then starts; allow runs them side by side.")]
    public OverlapPolicy? Overlap { get; init; }

    [Description("With overlap allow: how many of its runs may execute at once; 0 removes the limit. Not possible with any other overlap.")]
    [Range(0, WorkflowRules.MaxConcurrentRuns)]
    public int? MaxConcurrentRuns { get; init; }

    [Description("Among the runs of one client those of higher priority start first. Counts for runs made from now on. Default 0.")]
    [Range(WorkflowRules.MinPriority, WorkflowRules.MaxPriority)]
    public int? Priority { get; init; }
}
