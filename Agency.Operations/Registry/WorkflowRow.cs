using Agency.Data.Workflows;

namespace Agency.Operations.Registry;

/// <summary>A workflow and when it ran last, both as its own column and its runs have it.</summary>
/// <param name="Workflow">The workflow.</param>
/// <param name="LastRunHere">Scheduled time of its latest run that succeeded or failed.</param>
internal sealed record WorkflowRow(Workflow Workflow, DateTimeOffset? LastRunHere)
{
    /// <summary>Scheduled time of the latest occurrence that succeeded or failed, here or before an import.</summary>
    public DateTimeOffset? LastRun => LastRunHere > Workflow.LastRun || Workflow.LastRun is null ? LastRunHere : Workflow.LastRun;
}
