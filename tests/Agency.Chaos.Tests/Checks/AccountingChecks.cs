using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests.Checks;

/// <summary>Each run and each log entry against the other.</summary>
internal static class AccountingChecks
{
    public static CheckResult NothingIsOpen(History history)
    {
        var open = history.Runs.Where(r => !Statuses.IsOver(r.Status)).ToList();
        return new(
            "No run is open at the end",
            $"{history.Runs.Count} runs",
            [.. open.Select(r => $"{r.Company}/{r.Workflow}: run {r.Run} is {r.Status} after attempt {r.Attempt}{(r.CancelRequested ? ", cancelling was asked for" : "")}")]);
    }

    /// <summary>By what triggers saw and by the run's own history, which readers see.</summary>
    public static CheckResult EachEndsOnce(History history)
    {
        var violations = new List<string>();
        var ends = history.Transitions.Where(t => t.IsEnd || (t.From is not null && Statuses.IsOver(t.From))).ToLookup(t => (t.Company, t.Run));
        var events = history.Events.ToLookup(e => (e.Company, e.Run), e => e.Type);
        var executed = history.Runs.Where(r => r.Status != "skipped" && Statuses.IsOver(r.Status)).ToList();
        foreach (var run in executed)
        {
            var name = $"{run.Company}/{run.Workflow}: {run.Status} run {run.Run}";
            if (ends[(run.Company, run.Run)].Count() != 1)
            {
                violations.Add($"{name} has ended {ends[(run.Company, run.Run)].Count()} times: {string.Join(", ", ends[(run.Company, run.Run)].Select(t => $"{t.From} -> {t.To} by {t.Who}"))}");
            }

            var told = events[(run.Company, run.Run)].ToList();
            int Count(params string[] types) => told.Count(types.Contains);

            // A failed attempt is told as failed, attempt_failed or lost; each but the last is followed by retry_scheduled.
            var failures = Count("failed", "attempt_failed", "lost") - Count("retry_scheduled");
            var expected = (run.Status == "succeeded" ? 1 : 0, run.Status == "failed" ? 1 : 0, run.Status == "cancelled" ? 1 : 0);
            if ((Count("succeeded"), failures, Count("cancelled")) != expected)
            {
                violations.Add($"{name} tells {string.Join(", ", told.Where(t => t is "succeeded" or "failed" or "attempt_failed" or "lost" or "retry_scheduled" or "cancelled" or "handed_back"))}");
            }
        }

        return new("Each run ends once and says so once", $"{executed.Count} runs", violations);
    }

    /// <summary>A success is what its last execution did in full, each call once.</summary>
    public static CheckResult SuccessesAreComplete(History history)
    {
        var violations = new List<string>();
        var last = Execution.Of(history.Log).GroupBy(e => (e.Company, e.Run)).ToDictionary(g => g.Key, g => g.Last());
        var facts = history.Workflows.ToDictionary(w => (w.Company, w.Workflow));
        var succeeded = history.Runs.Where(r => r.Status == "succeeded").ToList();
        foreach (var run in succeeded)
        {
            var expected = facts[(run.Company, run.Workflow)].Entries;
            var name = $"{run.Company}/{run.Workflow}: run {run.Run}, attempt {run.Attempt}";
            if (!last.TryGetValue((run.Company, run.Run), out var execution))
            {
                violations.Add($"{name} has succeeded without an entry in the log");
                continue;
            }

            var steps = execution.Entries.Select(e => e.Step).ToList();
            if (execution.Attempt != run.Attempt || !steps.Order().SequenceEqual(Enumerable.Range(1, expected)))
            {
                violations.Add($"{name} has succeeded, but its last execution, of attempt {execution.Attempt}, wrote the steps {string.Join(',', steps)} of {expected}");
            }
        }

        return new("Each success has all its log entries, once", $"{succeeded.Count} successes", violations);
    }

    /// <summary>A run, and an attempt that was claimed at least as often as it was executed.</summary>
    public static CheckResult EachEntryIsKnown(History history)
    {
        var violations = new List<string>();
        var runs = history.Runs.ToDictionary(r => (r.Company, r.Run));
        var claims = history.Transitions.Where(t => t.IsClaim).ToLookup(t => (t.Company, t.Run, t.Attempt));
        var handedBack = history.Events.Where(e => e.Type == "handed_back").Select(e => (e.Company, e.Run, e.Attempt)).ToHashSet();
        var executions = Execution.Of(history.Log);
        foreach (var group in executions.GroupBy(e => (e.Company, e.Run, e.Attempt)))
        {
            var name = $"{group.Key.Company}: attempt {group.Key.Attempt} of run {group.Key.Run}";
            if (!runs.TryGetValue((group.Key.Company, group.Key.Run), out var run))
            {
                violations.Add($"{name} is in the log, but there is no such run");
            }
            else if (group.Key.Attempt > run.Attempt && !handedBack.Contains(group.Key))
            {
                violations.Add($"{name} is in the log, but the run has {run.Attempt} attempts and none was handed back");
            }

            if (group.Count() > claims[group.Key].Count())
            {
                violations.Add($"{name} was executed {group.Count()} times, but claimed {claims[group.Key].Count()} times");
            }
        }

        return new("Each log entry belongs to a known run and attempt", $"{history.Log.Count} entries, {executions.Count} executions", violations);
    }

    /// <summary>Who writes success is who claimed: a stale owner's outcome is refused.</summary>
    public static CheckResult OnlyTheHolderSettles(History history)
    {
        var violations = new List<string>();
        var settled = 0;
        foreach (var run in history.Transitions.GroupBy(t => (t.Company, t.Run)))
        {
            Transition? claim = null;
            foreach (var transition in run.OrderBy(t => t.Seq))
            {
                if (transition.IsClaim)
                {
                    if (claim is not null && transition.Fencing <= claim.Fencing)
                    {
                        violations.Add($"{run.Key.Company}: run {run.Key.Run}: {transition.Who} claims with fencing number {transition.Fencing} after {claim.Fencing}");
                    }

                    claim = transition;
                }
                else if (transition is { From: "running", To: "succeeded" })
                {
                    settled++;
                    if (claim?.Who != transition.Who || claim.Fencing != transition.Fencing)
                    {
                        violations.Add($"{run.Key.Company}: run {run.Key.Run} was claimed by {claim?.Who} ({claim?.Fencing}) and settled by {transition.Who} ({transition.Fencing})");
                    }
                }
            }
        }

        return new("Only the holder of a lease settles a success", $"{settled} settled", violations);
    }
}
