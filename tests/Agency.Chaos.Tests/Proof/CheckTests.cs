using Agency.Chaos.Tests.Checks;
using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests.Proof;

/// <summary>Each check is given a history in which what it looks for has gone wrong.</summary>
public sealed class CheckTests
{
    [Fact]
    public void Checks_OfASoundHistory_Hold() =>
        Assert.All(AllChecks.Run(Forgery.Sound()), result => Assert.True(result.Holds, result.ToString()));

    [Fact]
    public void Covered_OfALostOccurrence_SaysWhich() =>
        Violates(OccurrenceChecks.Covered, h => h with { Runs = [.. h.Runs.Where(r => r.Run != Forgery.Id(2))] }, "12:00:10 is lost");

    [Fact]
    public void Covered_OfAnOccurrenceWithTwoRows_SaysWhich() => Violates(
        OccurrenceChecks.Covered, h => h with { Runs = [.. h.Runs, Forgery.Run(9, 10, "succeeded", 1) with { Trigger = "catch_up" }] }, "12:00:10 is covered 2 times");

    [Fact]
    public void Covered_OfASkippedRowThatCountsWrong_SaysWhich() => Violates(
        OccurrenceChecks.Covered, h => h with { Runs = [.. h.Runs.Select(r => r.Status == "skipped" ? r with { Occurrences = 3 } : r)] }, "stands for 3, but its range holds 2");

    [Fact]
    public void Covered_OfARunBesideTheSchedule_SaysSo() =>
        Violates(OccurrenceChecks.Covered, h => h with { Runs = [.. h.Runs, Forgery.Run(9, 13, "succeeded", 1)] }, "its range holds 0 instants");

    [Fact]
    public void Covered_OfANextRunThatPassesOneOver_SaysSo() =>
        Violates(OccurrenceChecks.Covered, h => h with { WorkflowRows = [h.WorkflowRows[0] with { NextRun = Forgery.At(60) }] }, "after the last one planned comes 12:00:50");

    [Fact]
    public void NotBeforeTheirTime_OfAnOccurrenceOfTheFuture_SaysSo() => Violates(
        OccurrenceChecks.NotBeforeTheirTime, h => h with { Transitions = [h.Transitions[0] with { ScheduledFor = Forgery.At(3600) }, .. h.Transitions.Skip(1)] }, "queued for 13:00:00");

    [Fact]
    public void OneExecutionOfARunAtATime_OfAZombiesCall_SaysSo() => Violates(
        ExecutionChecks.OneExecutionOfARunAtATime, h => h with { Log = [.. h.Log, Forgery.Entry(9, 2, "c", 2, 2)] }, "goes on after");

    [Fact]
    public void OneExecutionOfARunAtATime_OfTheSameAttemptTwiceAtOnce_SaysSo() => Violates(
        ExecutionChecks.OneExecutionOfARunAtATime,
        h => h with { Log = [Forgery.Entry(1, 1, "a", 1, 1), Forgery.Entry(2, 1, "x", 1, 1), Forgery.Entry(3, 1, "a", 1, 2), Forgery.Entry(4, 1, "x", 1, 2)] },
        "goes on after");

    [Fact]
    public void OneExecutionOfARunAtATime_OfAnEarlierAttemptAfterALaterOne_SaysSo() => Violates(
        ExecutionChecks.OneExecutionOfARunAtATime, h => h with { Log = [.. h.Log, Forgery.Entry(9, 2, "x", 1, 1)] }, "begins after");

    [Fact]
    public void OneRunOfAWorkflowAtATime_OfTwoAtOnce_SaysSo() => Violates(
        ExecutionChecks.OneRunOfAWorkflowAtATime, h => h with { Log = [.. h.Log, Forgery.Entry(9, 2, "d", 3, 1)] }, "at once");

    [Fact]
    public void OneRunOfAWorkflowAtATime_WhereTheWorkflowAllowsIt_Holds() => Assert.True(ExecutionChecks.OneRunOfAWorkflowAtATime(
        Forgery.Sound() with { Workflows = [Forgery.Sound().Workflows[0] with { SideBySide = true }], Log = [.. Forgery.Sound().Log, Forgery.Entry(9, 2, "d", 3, 1)] }).Holds);

    [Fact]
    public void WithinCaps_OfOneTooMany_SaysSo() =>
        Violates(ExecutionChecks.WithinCaps, h => h with { Log = [.. h.Log, Forgery.Entry(9, 2, "d", 3, 1)] }, "with a cap of 1 executes 2");

    [Fact]
    public void WithinCapsByRows_OfOneTooMany_SaysSo() => Violates(
        ExecutionChecks.WithinCapsByRows, h => h with { Transitions = [.. h.Transitions.Where(t => t.Seq != 10)] }, "with a cap of 1 has 2 running");

    [Fact]
    public void NothingIsOpen_OfAQueuedRun_SaysSo() =>
        Violates(AccountingChecks.NothingIsOpen, h => h with { Runs = [.. h.Runs, Forgery.Run(9, 50, "queued", 2)] }, "is queued after attempt 2");

    [Fact]
    public void EachEndsOnce_OfARunSettledTwice_SaysSo() => Violates(
        AccountingChecks.EachEndsOnce, h => h with { Transitions = [.. h.Transitions, Forgery.Move(18, 50, 1, "s1.1", "succeeded", "failed", 1, 1)] }, "has ended 2 times");

    [Fact]
    public void EachEndsOnce_OfARunThatSaysItTwice_SaysSo() =>
        Violates(AccountingChecks.EachEndsOnce, h => h with { Events = [.. h.Events, Forgery.Event(1, 1, "succeeded")] }, "tells succeeded, succeeded");

    [Fact]
    public void EachEndsOnce_OfARunThatDoesNotSay_SaysSo() =>
        Violates(AccountingChecks.EachEndsOnce, h => h with { Events = [.. h.Events.Where(e => e.Type != "failed")] }, "failed run");

    [Fact]
    public void EachEndsOnce_OfASucceededRunThatSaysItFailed_SaysSo() =>
        Violates(AccountingChecks.EachEndsOnce, h => h with { Events = [.. h.Events, Forgery.Event(1, 1, "lost")] }, "tells succeeded, lost");

    [Fact]
    public void SuccessesAreComplete_OfAMissingEntry_SaysSo() =>
        Violates(AccountingChecks.SuccessesAreComplete, h => h with { Log = [.. h.Log.Where(e => e.Seq != 7)] }, "wrote the steps 1 of 2");

    [Fact]
    public void SuccessesAreComplete_OfARepeatedCall_SaysSo() =>
        Violates(AccountingChecks.SuccessesAreComplete, h => h with { Log = [.. h.Log, Forgery.Entry(9, 1, "a", 1, 2)] }, "wrote the steps 1,2,2 of 2");

    [Fact]
    public void SuccessesAreComplete_OfAnOlderAttemptsOutcome_SaysSo() =>
        Violates(AccountingChecks.SuccessesAreComplete, h => h with { Runs = [h.Runs[0] with { Attempt = 2 }, .. h.Runs.Skip(1)] }, "its last execution, of attempt 1");

    [Fact]
    public void EachEntryIsKnown_OfAnUnknownRun_SaysSo() =>
        Violates(AccountingChecks.EachEntryIsKnown, h => h with { Log = [.. h.Log, Forgery.Entry(9, 9, "x", 1, 1)] }, "there is no such run");

    [Fact]
    public void EachEntryIsKnown_OfAnAttemptThatNobodyClaimed_SaysSo() =>
        Violates(AccountingChecks.EachEntryIsKnown, h => h with { Log = [.. h.Log, Forgery.Entry(9, 3, "x", 2, 1)] }, "none was handed back");

    [Fact]
    public void EachEntryIsKnown_OfAnAttemptExecutedTwice_SaysSo() =>
        Violates(AccountingChecks.EachEntryIsKnown, h => h with { Log = [.. h.Log, Forgery.Entry(9, 3, "x", 1, 1)] }, "was executed 2 times, but claimed 1 times");

    [Fact]
    public void EachEntryIsKnown_OfAnAttemptHandedBackAndExecutedAgain_Holds()
    {
        var sound = Forgery.Sound();
        var result = AccountingChecks.EachEntryIsKnown(sound with
        {
            Events = [.. sound.Events, Forgery.Event(3, 1, "handed_back")],
            Transitions = [.. sound.Transitions, Forgery.Move(18, 50, 3, "s1.1", "queued", "running", 1, 2)],
            Log = [.. sound.Log, Forgery.Entry(9, 3, "x", 1, 1)],
        });

        Assert.True(result.Holds, result.ToString());
    }

    [Fact]
    public void OnlyTheHolderSettles_OfAStaleOwnersSuccess_SaysSo() => Violates(
        AccountingChecks.OnlyTheHolderSettles, h => h with { Transitions = [.. h.Transitions.Select(t => t.Seq == 10 ? t with { Who = "s1.1" } : t)] }, "was claimed by s0.1 (3) and settled by s1.1");

    [Fact]
    public void OnlyTheHolderSettles_OfAFencingNumberThatStandsStill_SaysSo() => Violates(
        AccountingChecks.OnlyTheHolderSettles, h => h with { Transitions = [.. h.Transitions.Select(t => t.Seq is 9 or 10 ? t with { Fencing = 2 } : t)] }, "claims with fencing number 2 after 2");

    [Fact]
    public void FailuresAreCounted_OfAForgottenFailure_SaysSo() =>
        Violates(RuleChecks.FailuresAreCounted, h => h with { WorkflowRows = [h.WorkflowRows[0] with { FailureCount = 0 }] }, "with 0 failures");

    [Fact]
    public void FailuresAreCounted_OfThreeFailuresWithoutAnEscalation_SaysSo() => Violates(
        RuleChecks.FailuresAreCounted,
        h => h with
        {
            WorkflowRows = [h.WorkflowRows[0] with { FailureCount = 3 }],
            Transitions = [.. h.Transitions, Forgery.Move(18, 50, 8, "s0.1", "running", "failed", 1, 1), Forgery.Move(19, 60, 9, "s0.1", "running", "failed", 1, 1)],
        },
        "1 escalations");

    [Fact]
    public void FailuresAreCounted_OfAnEscalationWithoutCause_SaysSo() => Violates(
        RuleChecks.FailuresAreCounted, h => h with { Escalations = new Dictionary<(string, string), int> { [(Forgery.Company, Forgery.Workflow)] = 1 } }, "with 1 escalations");

    [Fact]
    public void ManualRunsExistOnce_OfAKeyWithoutARun_SaysSo() =>
        Violates(RuleChecks.ManualRunsExistOnce, h => h with { Runs = [.. h.Runs.Where(r => r.IdempotencyKey is null)] }, "'key' has 0 runs");

    [Fact]
    public void ManualRunsExistOnce_OfAKeyWithTwoRuns_SaysSo() =>
        Violates(RuleChecks.ManualRunsExistOnce, h => h with { Runs = [.. h.Runs, h.Runs[^1] with { Run = Forgery.Id(9) }] }, "'key' has 2 runs");

    [Fact]
    public void CancelledRunsAreCancelled_OfARunBegunAfterwards_SaysSo() => Violates(
        RuleChecks.CancelledRunsAreCancelled, h => h with { Transitions = [.. h.Transitions, Forgery.Move(18, 50, 4, "s0.1", "queued", "running", 1, 1, cancel: true)] }, "was begun by s0.1 after");

    [Fact]
    public void CancelledRunsAreCancelled_OfAQueuedRunThatSucceeds_SaysSo() =>
        Violates(RuleChecks.CancelledRunsAreCancelled, h => h with { Runs = [.. h.Runs.SkipLast(1), h.Runs[^1] with { Status = "succeeded" }] }, "ended as succeeded");

    [Fact]
    public void NothingIsPlannedWhilePaused_OfARunPlanned_SaysSo() => Violates(
        RuleChecks.NothingIsPlannedWhilePaused, h => h with { Transitions = [.. h.Transitions, Forgery.Move(18, 47, 9, "s0.1", null, "queued", 0, 0)] }, "was planned at 12:00:47");

    [Theory]
    [InlineData("active", "paused", 44.9, "paused", "escalated", 46)]
    [InlineData("escalated", "active", 44.9, "active", "active", 46)]
    public void NothingIsPlannedWhilePaused_OfAWorkflowThatWasNotPausedThen_Holds(string before, string then, double at, string next, string last, double until)
    {
        var sound = Forgery.Sound();

        Assert.True(RuleChecks.NothingIsPlannedWhilePaused(sound with
        {
            WorkflowChanges = [Forgery.Change(18, at, before, then), Forgery.Change(19, until, next, last)],
            Transitions = [.. sound.Transitions, Forgery.Move(20, 47, 9, "s0.1", null, "queued", 0, 0)],
        }).Holds);
    }

    [Fact]
    public void NothingStartsDuringAHold_OfAClaim_SaysSo() => Violates(
        RuleChecks.NothingStartsDuringAHold, h => h with { Transitions = [.. h.Transitions, Forgery.Move(18, 47, 9, "s0.1", "queued", "running", 1, 1)] }, "was claimed at 12:00:47");

    [Fact]
    public void NothingStartsDuringAHold_OfARunPlanned_SaysSo() => Violates(
        RuleChecks.NothingStartsDuringAHold, h => h with { Transitions = [.. h.Transitions, Forgery.Move(18, 47, 9, "s0.1", null, "queued", 0, 0)] }, "was planned at 12:00:47");

    [Fact]
    public void NothingStartsDuringAHold_OfARunWhosePlanningHadBegun_Holds() => Assert.True(RuleChecks.NothingStartsDuringAHold(
        Forgery.Sound() with
        {
            Transitions = [.. Forgery.Sound().Transitions, Forgery.Move(18, 47, 9, "s0.1", null, "queued", 0, 0) with { TransactionAt = Forgery.At(45) }],
        }).Holds);

    [Fact]
    public void NothingStartsDuringAHold_OfAClaimWhoseTurnCameLater_SaysSo() => Violates(
        RuleChecks.NothingStartsDuringAHold,
        h => h with { Transitions = [.. h.Transitions, Forgery.Move(18, 47, 9, "s0.1", "queued", "running", 1, 1) with { TransactionAt = Forgery.At(45) }] },
        "was claimed at 12:00:47");

    [Fact]
    public void NothingStartsDuringAHold_OfAHoldOfEveryone_CountsForEachClient() => Violates(
        RuleChecks.NothingStartsDuringAHold,
        h => h with { Holds = [new Stop(null, null, Forgery.At(46), Forgery.At(49))], Transitions = [.. h.Transitions, Forgery.Move(18, 47, 9, "s0.1", "queued", "running", 1, 1)] },
        "was claimed at 12:00:47");

    [Fact]
    public void ProcessesBehave_OfOneThatEndedByItself_SaysSo() =>
        Violates(RuleChecks.ProcessesBehave, h => h with { ProcessFaults = [new ProcessFault("s1.2", "ended by itself")] }, "s1.2: ended by itself");

    private static void Violates(Func<History, CheckResult> check, Func<History, History> forge, string words)
    {
        var result = check(forge(Forgery.Sound()));

        Assert.Contains(result.Violations, violation => violation.Contains(words, StringComparison.Ordinal));
    }
}
