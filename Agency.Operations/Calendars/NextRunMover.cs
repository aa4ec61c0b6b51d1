using Agency.Data;
using Agency.Data.Workflows;
using Agency.Operations.Registry;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Calendars;

/// <summary>
/// Moves the next occurrences of a client's workflows after its calendar has changed. One on a day that is excluded now goes to the occurrence
/// after it. One that the schedule had moved past a day which is a working day again comes back to that day; one that somebody had named
/// stays where it is.
/// </summary>
internal sealed class NextRunMover(ClientCalendar before, ClientCalendar after, DateTimeOffset now, string by)
{
    private readonly HashSet<DateOnly> _added = [.. after.ExcludedDates.Keys.Where(d => !before.ExcludedDates.ContainsKey(d))];
    private readonly HashSet<DateOnly> _removed = [.. before.ExcludedDates.Keys.Where(d => !after.ExcludedDates.ContainsKey(d))];

    public bool HasNothingToDo => _added.Count == 0 && _removed.Count == 0;

    /// <summary>Locks the client's workflows and changes those concerned; the caller saves.</summary>
    public async Task<List<MovedWorkflow>> MoveAsync(AgencyDbContext context, CompanyId company, CancellationToken cancellationToken)
    {
        // Nothing before the earliest changed day is concerned, wherever on earth that day begins.
        var earliest = new DateTimeOffset(_added.Concat(_removed).Min().ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(-1);
        var id = company.Value;

        // All of them: one that a planner or a person is changing by the dates of before is waited for, and what it is then decides.
        var workflows = await context.Workflows.FromSql($"""
            select w.*, w.xmin from workflow w where company_id = {id} and deleted_at is null order by workflow_id for update
            """).ToListAsync(cancellationToken);
        var moves = new List<MovedWorkflow>();
        foreach (var workflow in workflows.Where(w => w is { Status: not WorkflowStatus.Completed, Schedule: not null, ObserveCalendar: true } && w.NextRun >= earliest))
        {
            var due = workflow.NextRun!.Value;
            var next = Destination(workflow, due);
            if (next != due)
            {
                workflow.NextRun = next;
                workflow.UpdatedAt = now;
                var to = next is { } instant ? $"to {instant:O}" : "away, as none is left";
                context.AddHistory(workflow.Key(), now, "rescheduled", $"The next occurrence moved from {due:O} {to}: {by} changed the client's excluded dates.");
                moves.Add(new MovedWorkflow(workflow.WorkflowId, due, next));
            }
        }

        return moves;
    }

    /// <summary>When it is due next; <paramref name="due"/> where that does not change, null where nothing is left.</summary>
    private DateTimeOffset? Destination(Workflow workflow, DateTimeOffset due)
    {
        var terms = ScheduleTerms.Of(workflow);
        if (terms.Read(after) is not { IsSuccess: true, Value: { } schedule })
        {
            return due;
        }

        if (_added.Contains(DateOnly.FromDateTime(schedule.ToLocal(due).DateTime)))
        {
            return schedule.Next(due);
        }

        return _removed.Count > 0 && due > now && terms.Read(before) is { IsSuccess: true, Value: { } old } && old.Next(now) == due ? schedule.Next(now) : due;
    }
}
