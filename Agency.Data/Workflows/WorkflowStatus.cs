namespace Agency.Data.Workflows;

public enum WorkflowStatus
{
    /// <summary>Fires by its schedule.</summary>
    Active,

    /// <summary>Does not fire until someone resumes it.</summary>
    Paused,

    /// <summary>Failed too often in a row; does not fire until someone resumes it.</summary>
    Escalated,

    /// <summary>Has no more work to do.</summary>
    Completed,
}

/// <summary>The legal moves of a workflow.</summary>
public static class WorkflowTransitions
{
    public static readonly Transition<WorkflowStatus> Pause = new("pause", [WorkflowStatus.Active], WorkflowStatus.Paused);

    public static readonly Transition<WorkflowStatus> Resume =
        new("resume", [WorkflowStatus.Paused, WorkflowStatus.Escalated, WorkflowStatus.Completed], WorkflowStatus.Active);

    public static readonly Transition<WorkflowStatus> Escalate =
        new("escalate", [WorkflowStatus.Active, WorkflowStatus.Paused], WorkflowStatus.Escalated);

    public static readonly Transition<WorkflowStatus> Complete =
        new("complete", [WorkflowStatus.Active, WorkflowStatus.Paused, WorkflowStatus.Escalated], WorkflowStatus.Completed);

    /// <summary>The move that ends in <paramref name="target"/>; each status has exactly one.</summary>
    public static Transition<WorkflowStatus> To(WorkflowStatus target) => target switch
    {
        WorkflowStatus.Active => Resume,
        WorkflowStatus.Paused => Pause,
        WorkflowStatus.Escalated => Escalate,
        _ => Complete,
    };
}
