using Agency.Data;

namespace Agency.Scheduler.Planning;

/// <summary>A workflow whose time has come, as the planner locked it.</summary>
/// <param name="CompanyId">The company.</param>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="NextRun">The occurrence that is due.</param>
/// <param name="Cron">Its schedule; null when it runs once.</param>
/// <param name="TimeZone">The zone in which the schedule is read.</param>
/// <param name="WrittenAt">When its definition was last written. What was due before that was not missed: nobody had asked for it yet.</param>
/// <param name="HasOpenRun">A run of it is queued, running, waiting or between two attempts.</param>
internal sealed record DueWorkflow(
    CompanyId CompanyId, WorkflowId WorkflowId, DateTimeOffset NextRun, string? Cron, string TimeZone, DateTimeOffset WrittenAt, bool HasOpenRun);
