using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests.Checks;

/// <summary>Counters, requests by hand, cancelling, pauses and holds.</summary>
internal static class RuleChecks
{
    private const int EscalateAfter = 3;

    /// <summary>
    /// Replays every end of a run and every change of status in their order: failures count up, a success or resuming sets back, the third
    /// failure escalates, once.
    /// </summary>
    public static CheckResult FailuresAreCounted(History history)
    {
        var violations = new List<string>();
        var (outcomes, escalations) = (0, 0);
        var ends = history.Transitions.Where(t => t.IsEnd && t.To is "succeeded" or "failed").ToLookup(t => (t.Company, t.Workflow));
        var changes = history.WorkflowChanges.ToLookup(c => (c.Company, c.Workflow));
        foreach (var workflow in history.WorkflowRows)
        {
            var key = (workflow.Company, workflow.Workflow);
            var (failures, escalated, expectedEscalations) = (0, false, 0);
            var replay = ends[key].Select(t => (t.Seq, End: (Transition?)t, Change: (WorkflowChange?)null))
                .Concat(changes[key].Where(c => c.StatusBefore == "escalated" && c.Status != "escalated").Select(c => (c.Seq, End: (Transition?)null, Change: (WorkflowChange?)c)))
                .OrderBy(e => e.Seq);
            foreach (var (_, end, _) in replay)
            {
                if (end is null)
                {
                    (failures, escalated) = (0, false);
                    continue;
                }

                outcomes++;
                failures = end.To == "succeeded" ? 0 : failures + 1;
                if (failures >= EscalateAfter && !escalated)
                {
                    (escalated, expectedEscalations) = (true, expectedEscalations + 1);
                }
            }

            escalations += expectedEscalations;
            var opened = history.Escalations.GetValueOrDefault(key);
            var moves = changes[key].Count(c => c.StatusBefore != "escalated" && c.Status == "escalated");
            if (workflow.FailureCount != failures || opened != expectedEscalations || moves != expectedEscalations || workflow.Status == "escalated" != escalated)
            {
                violations.Add($"{workflow.Company}/{workflow.Workflow}: is {workflow.Status} with {workflow.FailureCount} failures, was escalated {moves} times with {opened} escalations; its runs give "
                    + $"{failures} failures, {(escalated ? "escalated" : "not escalated")}, {expectedEscalations} escalations");
            }
        }

        return new("Failures are counted and escalated as the runs ended", $"{outcomes} outcomes, {escalations} escalations", violations);
    }

    public static CheckResult ManualRunsExistOnce(History history)
    {
        var rows = history.Runs.Where(r => r.IdempotencyKey is not null).ToLookup(r => (r.Company, r.Workflow, r.IdempotencyKey!));
        var violations = history.ManualRequests
            .Select(request => (request, Count: rows[(request.Company, request.Workflow, request.Key)].Count()))
            .Where(found => found.Count != 1)
            .Select(found => $"{found.request.Company}/{found.request.Workflow}: '{found.request.Key}' has {found.Count} runs")
            .ToList();
        return new("Each manual run with a key exists once", $"{history.ManualRequests.Count} asked for twice", violations);
    }

    /// <summary>After the request no attempt begins; only one that was executing may still end by itself.</summary>
    public static CheckResult CancelledRunsAreCancelled(History history)
    {
        var violations = new List<string>();
        var (asked, finished) = (0, 0);
        var transitions = history.Transitions.ToLookup(t => (t.Company, t.Run));
        foreach (var run in history.Runs.Where(r => r.CancelRequested))
        {
            asked++;
            var name = $"{run.Company}/{run.Workflow}: run {run.Run}";
            var inOrder = transitions[(run.Company, run.Run)].OrderBy(t => t.Seq).ToList();
            var request = inOrder.FirstOrDefault(t => t.CancelRequested);
            if (request is null)
            {
                violations.Add($"{name}: asked to be cancelled, which no trigger saw");
                continue;
            }

            violations.AddRange(inOrder.Where(t => t.IsClaim && t.Seq > request.Seq).Select(t => $"{name}: attempt {t.Attempt} was begun by {t.Who} after cancelling was asked for"));
            if (run.Status != "cancelled")
            {
                finished++;
                if (!Statuses.IsOver(request.To) && request.To != "running")
                {
                    violations.Add($"{name}: was {request.To} when cancelling was asked for and ended as {run.Status}");
                }
            }
        }

        return new("Cancelled runs end as cancelled", $"{asked} asked for, {finished} had ended or were through first", violations);
    }

    /// <summary>Nothing is planned to run, of a workflow that is paused.</summary>
    public static CheckResult NothingIsPlannedWhilePaused(History history)
    {
        var planned = history.Transitions.Where(t => t.From is null && t.To == "queued" && t.Trigger is "scheduled" or "catch_up").ToList();
        var pauses = history.Pauses.Select(pause => WhilePaused(history, pause)).OfType<Stop>().ToList();
        var violations = Within(planned, pauses, t => t.StatementAt).Select(v => $"{v.Transition.Company}/{v.Transition.Workflow}: {v.Transition.ScheduledFor:HH:mm:ss} was planned at {v.Transition.At:HH:mm:ss.fff} by "
            + $"{v.Transition.Who}, paused from {v.Stop.From:HH:mm:ss.fff} to {v.Stop.To:HH:mm:ss.fff}").ToList();
        return new("Nothing is planned while a workflow is paused", $"{pauses.Count} pauses", violations);
    }

    /// <summary>
    /// What was claimed before the hold goes on; nothing is claimed or planned while it lasts. A planner looks for holds first and writes last, and is
    /// not waited for: what it was planning when the hold was made waits in the queue until it is lifted.
    /// </summary>
    public static CheckResult NothingStartsDuringAHold(History history)
    {
        var begun = history.Transitions.Where(t => t.IsClaim || (t.From is null && t.To == "queued" && t.Trigger is "scheduled" or "catch_up")).ToList();
        var violations = Within(begun, history.Holds, t => t.IsClaim ? t.StatementAt : t.TransactionAt).Select(v => $"{v.Transition.Company}/{v.Transition.Workflow}: run {v.Transition.Run} was {(v.Transition.IsClaim ? "claimed" : "planned")} at "
            + $"{v.Transition.At:HH:mm:ss.fff} by {v.Transition.Who}, held from {v.Stop.From:HH:mm:ss.fff} to {v.Stop.To:HH:mm:ss.fff}").ToList();
        return new("Nothing starts during a hold", $"{history.Holds.Count} holds", violations);
    }

    public static CheckResult ProcessesBehave(History history) =>
        new("No scheduler ends by itself or leaves workers behind", $"{history.ProcessFaults.Count} faults", [.. history.ProcessFaults.Select(f => $"{f.Scheduler}: {f.What}")]);

    /// <summary>
    /// What remains of a pause when it ends with the first change to another status: a workflow may fail too often meanwhile, or be resumed by whoever
    /// resolves that. Null when there was nothing to pause.
    /// </summary>
    private static Stop? WhilePaused(History history, Stop pause)
    {
        var changes = history.WorkflowChanges.Where(c => c.Company == pause.Company && c.Workflow == pause.Workflow).OrderBy(c => c.Seq).ToList();
        return changes.LastOrDefault(c => c.At <= pause.From)?.Status != "paused" ? null
            : changes.FirstOrDefault(c => c.At > pause.From && c.Status != "paused") is { } end && end.At < pause.To ? pause with { To = end.At }
            : pause;
    }

    private static IEnumerable<(Transition Transition, Stop Stop)> Within(
        IEnumerable<Transition> transitions, IReadOnlyList<Stop> stops, Func<Transition, DateTimeOffset> began) =>
        from transition in transitions
        from stop in stops
        where (stop.Company is null || stop.Company == transition.Company) && (stop.Workflow is null || stop.Workflow == transition.Workflow)
            && began(transition) > stop.From && transition.At < stop.To
        select (transition, stop);
}
