using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests.Checks;

/// <summary>What the workers did, from the independent log alone: who executes, and how many at once.</summary>
internal static class ExecutionChecks
{
    /// <summary>The calls of one execution all come before those of the run's next one, and attempts only rise.</summary>
    public static CheckResult OneExecutionOfARunAtATime(History history)
    {
        var violations = new List<string>();
        var executions = Execution.Of(history.Log);
        foreach (var run in executions.GroupBy(e => (e.Company, e.Run)))
        {
            var inOrder = run.ToList();
            for (var i = 1; i < inOrder.Count; i++)
            {
                var before = inOrder.Take(i).MaxBy(e => e.Last)!;
                if (before.Last > inOrder[i].First)
                {
                    violations.Add($"{run.Key.Company}: {before} goes on after {inOrder[i]} has begun");
                }

                if (inOrder[i].Attempt < inOrder[i - 1].Attempt)
                {
                    violations.Add($"{run.Key.Company}: {inOrder[i]} begins after {inOrder[i - 1]}");
                }
            }

            violations.AddRange(inOrder.Where(e => e.Entries.Any(entry => entry.Attempt != e.Attempt)).Select(e => $"{run.Key.Company}: {e} tells of several attempts"));
        }

        return new("No run is executed twice at the same time", $"{executions.Count} executions of {executions.Select(e => e.Run).Distinct().Count()} runs", violations);
    }

    /// <summary>Unless the workflow lets its runs overlap.</summary>
    public static CheckResult OneRunOfAWorkflowAtATime(History history)
    {
        var violations = new List<string>();
        var sideBySide = history.Workflows.Where(w => w.SideBySide).Select(w => (w.Company, w.Workflow)).ToHashSet();
        var workflows = history.Runs.ToDictionary(r => (r.Company, r.Run), r => r.Workflow);
        var checkedExecutions = 0;
        foreach (var workflow in Execution.Of(history.Log).Where(e => workflows.ContainsKey((e.Company, e.Run))).GroupBy(e => (e.Company, Workflow: workflows[(e.Company, e.Run)])))
        {
            if (sideBySide.Contains(workflow.Key))
            {
                continue;
            }

            Execution? longest = null;
            foreach (var execution in workflow)
            {
                checkedExecutions++;
                if (longest is not null && longest.Last > execution.First && longest.Run != execution.Run)
                {
                    violations.Add($"{workflow.Key.Company}/{workflow.Key.Workflow}: {longest} and {execution} at once");
                }

                longest = longest is null || execution.Last > longest.Last ? execution : longest;
            }
        }

        return new("No two runs of a workflow execute at the same time", $"{checkedExecutions} executions", violations);
    }

    /// <summary>An execution lasts at least from its first entry to its last.</summary>
    public static CheckResult WithinCaps(History history)
    {
        var violations = new List<string>();
        var executions = Execution.Of(history.Log);
        var seen = new List<string>();
        foreach (var company in history.Companies)
        {
            var open = new List<Execution>();
            var most = 0;
            foreach (var execution in executions.Where(e => e.Company == company.Company))
            {
                open.RemoveAll(e => e.Last < execution.First);
                open.Add(execution);
                most = Math.Max(most, open.Count);
                if (open.Count > company.Cap)
                {
                    violations.Add($"{company.Company} with a cap of {company.Cap} executes {open.Count}: {string.Join("; ", open)}");
                }
            }

            seen.Add($"{company.Company} {most} of {company.Cap}");
        }

        return new("No client has more runs executing than its cap", $"most at once: {string.Join(", ", seen)}", violations);
    }

    /// <summary>The same by the rows, where an execution lasts from its claim to its settling.</summary>
    public static CheckResult WithinCapsByRows(History history)
    {
        var violations = new List<string>();
        var caps = history.Companies.ToDictionary(c => c.Company, c => c.Cap);
        var running = caps.Keys.ToDictionary(c => c, _ => new HashSet<Guid>());
        var claims = 0;
        foreach (var transition in history.Transitions.OrderBy(t => t.Seq).Where(t => running.ContainsKey(t.Company)))
        {
            var open = running[transition.Company];
            if (transition.To != "running")
            {
                open.Remove(transition.Run);
                continue;
            }

            claims += transition.IsClaim ? 1 : 0;
            if (open.Add(transition.Run) && open.Count > caps[transition.Company])
            {
                violations.Add($"{transition.Company} with a cap of {caps[transition.Company]} has {open.Count} running when {transition.Who} claims run {transition.Run} at {transition.At:HH:mm:ss.fff}");
            }
        }

        return new("No client has more runs claimed than its cap", $"{claims} claims", violations);
    }
}
